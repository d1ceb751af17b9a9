/** Whether Node.js threw `error` with one of these codes. Not by `instanceof`: under jest, Node's errors are of another realm. */
export function isNodeError(error: unknown, ...codes: readonly string[]): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && codes.includes(String(error.code));
}

/** For `catch`: `answer` where there is nothing of that name. */
export function ifMissing<T>(answer: T): (error: unknown) => T {
  return (error) => {
    if (isNodeError(error, 'ENOENT', 'ENOTDIR')) return answer;
    throw error;
  };
}
