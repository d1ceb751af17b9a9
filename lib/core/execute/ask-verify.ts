import type { Verdict } from '../change.js';
import { type AttemptSubject, withAttempt } from './attempt.js';
import type { Surroundings } from './execution.js';
import { toVerdict } from './verdict.js';

/** What `@Verify` says about an attempt of the past; `'unknown'` when it throws. @throws LockLostError */
export async function askVerify(surroundings: Surroundings, subject: AttemptSubject): Promise<Verdict> {
  const { targetSystem, verify } = subject.change;
  const target = surroundings.settings.targets.get(targetSystem);
  if (!target || !verify) return 'unknown';
  try {
    return await withAttempt(surroundings, subject, ({ scope, call }) =>
      target.connect(scope, async (clients) => toVerdict(await call(verify, clients))),
    );
  } catch {
    surroundings.lease.guard();
    return 'unknown';
  }
}
