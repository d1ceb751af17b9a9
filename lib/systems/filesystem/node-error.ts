/** Whether Node.js threw `error` with one of these codes. Not by `instanceof`: under jest, Node's errors are of another realm. */
export function isNodeError(error: unknown, ...codes: readonly string[]): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && codes.includes(String(error.code));
}
