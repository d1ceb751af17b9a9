import type { Verdict } from '../../model/change.js';
import { readable } from '../../text/error-text.js';
import { type AttemptSubject, withAttempt } from './attempt.js';
import type { Surroundings } from './execution.js';
import { headOf } from './thrown.js';

/** What an answer of `@Verify` means: only a clear yes or no counts. */
export function toVerdict(answer: unknown): Verdict {
  return typeof answer === 'boolean' ? answer : 'unknown';
}

/** What `@Verify` says about an attempt of the past. */
export interface VerifyAnswer {
  readonly verdict: Verdict;
  /** What it threw instead of an answer, as text. */
  readonly verifyError?: string;
}

/** Asks `@Verify` about an attempt of the past; `'unknown'` when it throws. @throws LockLostError */
export async function askVerify(surroundings: Surroundings, subject: AttemptSubject): Promise<VerifyAnswer> {
  const { targetSystem, verify } = subject.change;
  const target = surroundings.settings.targets.get(targetSystem);
  if (!target || !verify) return { verdict: 'unknown' };
  try {
    return await withAttempt(surroundings, subject, ({ scope, call }) =>
      target.connect(scope, async (clients) => ({ verdict: toVerdict(await call(verify, clients)) })),
    );
  } catch (error) {
    surroundings.lease.guard();
    return { verdict: 'unknown', verifyError: headOf(readable(error)) };
  }
}
