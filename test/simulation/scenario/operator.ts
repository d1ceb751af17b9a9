import type { UndoSelection } from '../../../lib/core/undo-selection.js';
import { isStrict } from '../model/change-shape.js';
import type { SimulatedProcess } from '../world/simulated-process.js';
import type { Cluster } from './cluster.js';
import { judgeError, judgeResult } from './judge-result.js';

/** Undoes some changes, as an operator would. */
export async function undoSome(cluster: Cluster): Promise<void> {
  const { world, scenario, engine } = cluster;
  const process = operate(cluster, 'undo');
  const { id } = world.random.pick([scenario.changes[0]!, ...scenario.changes]);
  const options = world.random.pick<UndoSelection>([{ all: true }, { to: id }, { only: id }]);
  const request = { executionId: process.name, stop: new AbortController().signal };
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
  await resolve(cluster, operate(cluster, 'resolve'), shape.id, present > 0);
}

async function resolve(
  cluster: Cluster,
  process: SimulatedProcess,
  changeId: string,
  applied: boolean,
): Promise<void> {
  const { engine, ledger } = cluster;
  const request = { executionId: process.name, stop: new AbortController().signal };
  const resolution = {
    changeId,
    as: applied ? ('applied' as const) : ('rolled-back' as const),
    reason: 'I looked',
  };
  try {
    await engine.resolveIssue(cluster.settingsOf(process, 'operator'), request, resolution);
    ledger.saw('resolved by a person');
  } catch (error) {
    ledger.saw('resolve failed');
    judgeError(cluster, error, process.name);
  }
  process.crash();
}

function operate(cluster: Cluster, what: string): SimulatedProcess {
  return cluster.start(`${what}-${cluster.processes.length}`, { skew: 0, rate: 1 });
}
