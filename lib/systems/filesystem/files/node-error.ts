/** Whether `error` is an error of Node.js with one of these codes. Does not use `instanceof`, which fails across realms, as under jest. */
export function isNodeError(error: unknown, ...codes: readonly string[]): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && codes.includes(String(error.code));
}

/** For `catch`: resolves to `answer` when the path does not exist. */
export function ifMissing<T>(answer: T): (error: unknown) => T {
  return (error) => {
    if (isNodeError(error, 'ENOENT', 'ENOTDIR')) return answer;
    throw error;
  };
}
