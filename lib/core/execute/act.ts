import { ChangeFailedError } from '../errors.js';
import type { Clients } from '../target-system.js';
import type { Attempt } from './attempt.js';
import type { Execution, Task } from './execution.js';
import { toVerdict } from './verdict.js';

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
  const verdict = toVerdict(await attempt.call(change.verify, clients));
  const contradiction = operation.contradiction(verdict);
  if (contradiction) throw new ChangeFailedError(`Change '${change.id}': ${contradiction}.`);
}
