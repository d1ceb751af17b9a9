import type { FlamingockError } from '../../../lib/core/model/errors.js';
import { calmly } from './calm.js';
import type { Cluster } from './cluster.js';
import { WHOLE } from './edition.js';
import { judgeRest } from './judge-rest.js';
import { never } from './never.js';
import { resolveOne } from './operator.js';
import { runOnce } from './replica.js';
import { adopt } from './suffer.js';

/** Boots in calm weather, one after the other, until one finds nothing to do; and looks at what there is then. */
export async function comeToRest(cluster: Cluster): Promise<void> {
  const { ledger, world, scenario } = cluster;
  world.note(() => 'the storm is over');
  for (let boots = 0; boots <= 2 * scenario.changes.length + 4 && !world.violation; boots++) {
    const { token } = ledger.newest;
    const name = `rest-${cluster.site.processes.length}`;
    const status = await bootCalmly(cluster, name);
    // What it imported, it needed the lock for.
    if (status !== 'nothing-to-do' || ledger.shapes.some(({ id }) => ledger.hasApplied(name, id))) continue;
    if (token !== ledger.newest.token)
      ledger.violated('I2', 'a boot took the lock although nothing was to do');
    return judgeRest(cluster);
  }
  if (!world.violation) ledger.violated('ends', 'boots in calm weather never come to an end');
}

/** One boot in which nothing goes wrong; a person resolves what it cannot. */
async function bootCalmly(cluster: Cluster, name: string): Promise<string | undefined> {
  const process = cluster.start(name, { skew: 0, rate: 1 });
  return calmly(cluster, name, async () => {
    const boot = { host: 'host-at-rest', edition: WHOLE, stop: never() };
    const { report, error } = await runOnce(cluster, process, boot);
    if (error) await help(cluster, error);
    return report.status;
  });
}

async function help(cluster: Cluster, error: FlamingockError): Promise<void> {
  const { ManualInterventionError, AuditStoreBehindError } = cluster.engine.errors;
  if (error instanceof ManualInterventionError) return resolveOne(cluster, true);
  const isRestored = cluster.scenario.mishap?.kind === 'restored';
  if (isRestored && error instanceof AuditStoreBehindError) return adopt(cluster);
  cluster.ledger.violated('ends', `a boot in calm weather fails: ${error.code} ${error.message}`);
}
