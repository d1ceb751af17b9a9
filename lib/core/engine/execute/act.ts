import type { ChangeMethod } from '../../model/change.js';
import { ChangeFailedError, FlamingockError } from '../../model/errors.js';
import type { Clients } from '../../model/target-system.js';
import { toVerdict } from './ask-verify.js';
import type { Attempt } from './attempt.js';
import type { Execution, Task } from './execution.js';
import { headOf } from './thrown.js';

/** Calls the method of the operation, then `@Verify` if there is one. @throws what they throw, or that they contradict each other */
export async function act(
  { operation }: Execution,
  { step: { change } }: Task,
  attempt: Attempt,
  clients: Clients,
): Promise<void> {
  const method = operation.methodOf(change);
  if (!method) throw new ChangeFailedError(`Change '${change.id}' has no method to ${operation.name} it.`);
  await attempt.call(method, clients);
  if (!change.verify) return;
  const verdict = toVerdict(await verdictAfter(method, change.verify, attempt, clients));
  const contradiction = operation.contradiction(verdict);
  if (!contradiction) return;
  const fix = verdict === 'unknown' ? CLEAR_ANSWER : [];
  attempt.fail(new ChangeFailedError(`Change '${change.id}': ${contradiction}.`, { fix }));
}

/** @throws what `@Verify` throws, and that it came from there */
async function verdictAfter(
  method: ChangeMethod,
  verify: ChangeMethod,
  attempt: Attempt,
  clients: Clients,
): Promise<unknown> {
  try {
    return await attempt.call(verify, clients);
  } catch (error) {
    if (error instanceof FlamingockError) throw error;
    const text = `${method.name}() returned, but then @Verify (${verify.name}) failed: ${headOf(error)}`;
    return attempt.fail(new Error(text, { cause: error }));
  }
}

const CLEAR_ANSWER = [
  'let @Verify answer true or false right after @Apply: wait in it until the target system shows the effect, or leave @Verify out',
];
