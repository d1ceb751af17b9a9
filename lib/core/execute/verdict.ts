import type { Verdict } from '../change.js';

/** What an answer of `@Verify` means: only a clear yes or no counts. */
export function toVerdict(answer: unknown): Verdict {
  return typeof answer === 'boolean' ? answer : 'unknown';
}
