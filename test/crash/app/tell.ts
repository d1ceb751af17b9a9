import type { FromChild } from './messages.js';

/** Says something to the parent. */
export function tell(message: FromChild): void {
  process.send?.(message);
}
