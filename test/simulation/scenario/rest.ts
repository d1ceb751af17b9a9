import { CALM } from '../world/weather.js';
import type { Cluster } from './cluster.js';
import { judgeRest } from './judge-rest.js';
import { resolveOne } from './operator.js';
import { runOnce } from './replica.js';

/** Boots in calm weather, one after the other, until one finds nothing to do; and looks at what there is then. */
export async function comeToRest(cluster: Cluster): Promise<void> {
  const { ledger, world, wire, scenario } = cluster;
  wire.weather = CALM;
  cluster.waitMs = 60_000;
  world.afterStep = () => {};
  world.note(() => 'the storm is over');
  for (let boots = 0; boots <= 2 * scenario.changes.length + 2 && !world.violation; boots++) {
    const { token } = ledger.newest;
    const status = await bootCalmly(cluster, `rest-${boots}`);
    if (status !== 'nothing-to-do') continue;
    if (token !== ledger.newest.token)
      ledger.violated('I2', 'a boot took the lock although nothing was to do');
    return judgeRest(cluster);
  }
  if (!world.violation) ledger.violated('ends', 'boots in calm weather never come to an end');
}

/** One boot in which nothing goes wrong; a person resolves what it cannot. */
async function bootCalmly(cluster: Cluster, name: string): Promise<string | undefined> {
  const { engine, ledger, world } = cluster;
  const process = cluster.start(name, { skew: 0, rate: 1 });
  let status: string | undefined;
  void runOnce(cluster, process, 'host-at-rest', new AbortController().signal).then(
    async ({ report, error }) => {
      if (error && !(error instanceof engine.errors.ManualInterventionError))
        ledger.violated('ends', `a boot in calm weather fails: ${error.code} ${error.message}`);
      if (error) await resolveOne(cluster, true);
      status = report.status;
    },
  );
  await world.advance(() => status !== undefined);
  if (status === undefined && !world.violation) ledger.violated('ends', `${name} never ends`);
  return status;
}
