import type { FromChild } from './messages.js';

/** Says something to the parent. */
export function tell(message: FromChild): void {
  process.send?.(message);
}

/** Says it, and resolves when it is on its way. */
export function told(message: FromChild): Promise<void> {
  return new Promise((resolve) => {
    if (process.send) process.send(message, undefined, undefined, () => resolve());
    else resolve();
  });
}
