import type { Verdict } from '../change.js';
import { type AttemptSubject, withAttempt } from './attempt.js';
import type { Surroundings } from './execution.js';
import { tellable } from '../tellable.js';
import { headOf } from './thrown.js';
import { toVerdict } from './verdict.js';

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
    return { verdict: 'unknown', verifyError: headOf(tellable(error)) };
  }
}
