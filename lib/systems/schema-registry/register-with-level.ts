import { messageOf } from '../../core/error-text.js';
import { TargetSystemError } from '../../core/errors.js';
import type { CompatibilityLevel } from './compatibility-level.js';
import { setLevel } from './levels.js';
import type { SubjectLevel } from './registry-answers.js';
import type { RegistrySession } from './registry-session.js';

/** Which level a subject gets, and what it had. */
export interface LevelChange {
  readonly subject: string;
  readonly level: CompatibilityLevel;
  readonly before: SubjectLevel;
  /** Before the work, which it is to count for; else after it. */
  readonly first: boolean;
}

/**
 * Does `work`, which is told the level that counts, and sets the level before or after it. One that was set before is put
 * back when the work fails.
 */
export async function withLevel<T>(
  session: RegistrySession,
  change: LevelChange,
  work: (level: SubjectLevel) => Promise<T>,
): Promise<T> {
  const { subject, level, before, first } = change;
  if (!first) {
    const result = await work(before);
    await setLevel(session, subject, level);
    return result;
  }
  await setLevel(session, subject, level);
  try {
    return await work({ own: level, effective: level });
  } catch (error) {
    await putBack(session, change, error);
    throw error;
  }
}

async function putBack(
  session: RegistrySession,
  { subject, before, level }: LevelChange,
  cause: unknown,
): Promise<void> {
  try {
    await setLevel(session, subject, before.own);
  } catch (error) {
    throw new TargetSystemError(
      `The compatibility of '${subject}' was set to ${level} and could not be put back (${messageOf(error)}) after: ${messageOf(cause)}`,
      {
        cause,
        fix: [`set it back to ${before.own ?? `none of its own, so that ${before.effective} counts`}`],
      },
    );
  }
}
