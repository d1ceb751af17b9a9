import type { UndoSelection } from '../../../lib/core/engine/on-request/undo-selection.js';
import { isStrict } from '../model/change-shape.js';
import type { Cluster } from './cluster.js';
import { judgeError, judgeResult } from './judge-result.js';
import { never } from './never.js';

/** Undoes some changes, as an operator would. */
export async function undoSome(cluster: Cluster): Promise<void> {
  const { world, scenario, engine } = cluster;
  const process = cluster.operate('undo');
  const { id } = world.random.pick([scenario.changes[0]!, ...scenario.changes]);
  const options = world.random.pick<UndoSelection>([{ all: true }, { to: id }, { only: id }]);
  const request = { executionId: process.name, stop: never() };
  const result = await engine.undo(cluster.settingsOf(process, 'operator'), request, options);
  judgeResult(cluster, result, true);
  process.crash();
}

/** Resolves the first change that needs a person by what is so in its target system. */
export async function resolveOne(cluster: Cluster, cleansUp: boolean): Promise<void> {
  const { ledger } = cluster;
  const shape = ledger.shapes.find(({ id }) =>
    ['STARTED', 'FAILED', 'ROLLBACK_FAILED'].includes(ledger.latest.get(id)?.state ?? ''),
  );
  if (!shape || (isStrict(shape) && !cleansUp)) return;
  if (cleansUp && !ledger.inEffect(shape)) ledger.cleanUp(shape.id);
  const present = ledger.present(shape.id);
  if (present > 0 && present < shape.parts) return;
  await resolve(cluster, shape.id, present > 0);
}

/** Records what a person saw. @returns whether it was recorded */
export async function resolve(cluster: Cluster, changeId: string, applied: boolean): Promise<boolean> {
  const { engine, ledger } = cluster;
  const process = cluster.operate('resolve');
  const request = { executionId: process.name, stop: never() };
  const resolution = {
    changeId,
    as: applied ? ('applied' as const) : ('rolled-back' as const),
    reason: 'I looked',
  };
  try {
    await engine.resolveIssue(cluster.settingsOf(process, 'operator'), request, resolution);
    ledger.saw('resolved by a person');
    return true;
  } catch (error) {
    ledger.saw('resolve failed');
    judgeError(cluster, error, process.name);
    return false;
  } finally {
    process.crash();
  }
}
