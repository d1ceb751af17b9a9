import type { Step } from '../plan.js';
import { isTransactional } from '../strategy.js';
import type { TargetSystem } from '../target-system.js';
import type { Execution } from './execution.js';
import { untilAnswered } from './until-answered.js';

/**
 * Removes what a settled attempt of the change left where transactions can be broken open: from STARTED on, it would be
 * taken for something that nothing has settled.
 *
 * @throws LockLostError, or what the target system says
 */
export async function forgetSettled(
  execution: Execution,
  { change }: Step,
  target: TargetSystem,
): Promise<void> {
  const { chain, lease, leftovers } = execution;
  if (!isTransactional(target) || !target.commitsImplicitly) return;
  if (!leftovers.of(target.id).includes(change.id)) return;
  const markers = target.markers(chain);
  await untilAnswered(execution, () => markers.remove([change.id], lease.fence.token));
  leftovers.removed(target.id, [change.id]);
}
