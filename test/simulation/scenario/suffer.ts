import { never } from './never.js';
import { calmly } from './calm.js';
import type { Cluster } from './cluster.js';
import { WHOLE } from './edition.js';
import { judgeError } from './judge-result.js';
import { type Backup, cutAudit, dropStore, restore } from './mishap.js';
import { resolve } from './operator.js';
import { runOnce } from './replica.js';
import type { Mishap } from './scenario.js';
import type { ChangeShape } from '../model/change-shape.js';
import type { Ledger } from '../model/ledger.js';
import { SimulatedAuditStore } from '../systems/simulated.audit-store.js';

/** The mishap befalls the audit store while nothing runs, all boot again, and a person puts right what needs a person. */
export async function suffer(
  cluster: Cluster,
  mishap: Mishap,
  backup: Backup | undefined,
  storm: (round: string) => Promise<void>,
): Promise<void> {
  if (mishap.kind === 'cut') return sufferCut(cluster, mishap, storm);
  if (mishap.kind === 'dropped') dropStore(cluster);
  else if (backup) restore(cluster, backup);
  await storm("'");
  if (!cluster.ledger.behind.size || cluster.world.violation) return;
  await calmly(cluster, 'the adoption', () => adopt(cluster));
  await storm("''");
}

async function sufferCut(
  cluster: Cluster,
  { cut }: Extract<Mishap, { kind: 'cut' }>,
  storm: (round: string) => Promise<void>,
): Promise<void> {
  const { ledger, world } = cluster;
  const repair = cutAudit(cluster, cut);
  if (!repair) return;
  world.note(() => `the audit is cut: ${cut}`);
  ledger.frozen = `the audit was cut: ${cut}`;
  await judgeVerification(cluster, false);
  await storm("'");
  repair();
  ledger.frozen = undefined;
  await judgeVerification(cluster, true);
}

/** Compares what `verifyAudit` says with what is so. */
async function judgeVerification(cluster: Cluster, isIntact: boolean): Promise<void> {
  const { engine, ledger, store, wire } = cluster;
  const process = cluster.operate('verify');
  const around = { process, wire, ledger, engine };
  const found = await calmly(cluster, process.name, () =>
    engine.verifyAudit({ store: new SimulatedAuditStore(around, store) }),
  );
  if (found && found.intact !== isIntact)
    ledger.violated(
      'cut',
      `verifyAudit says ${JSON.stringify(found)}, and ${ledger.frozen ?? 'nothing is wrong'}`,
    );
  process.crash();
}

/** A person looks at what is in effect where more is known than in the audit, marks it, and adopts the target systems. */
export async function adopt(cluster: Cluster): Promise<void> {
  const { ledger, world } = cluster;
  for (const shape of ledger.shapes.filter((each) => ledger.isBehind(each))) {
    const [isThere, isKnown] = [ledger.inEffect(shape), ledger.isApplied(shape.id)];
    if (isOpen(ledger, shape)) await settleOpen(cluster, shape, isThere);
    else if (isThere && !isKnown) await mark(cluster, shape);
    else if (!isThere && isKnown) ledger.putInEffect(shape);
    else if (!isThere) ledger.cleanUp(shape.id);
  }
  if (world.random.chance(0.9)) await bootTooEarly(cluster);
  let refused = await adoptOnce(cluster);
  if (refused) {
    // It names attempts that only a marker tells of: a person looks there, too.
    for (const shape of ledger.shapes)
      if (isOpen(ledger, shape)) await settleOpen(cluster, shape, ledger.inEffect(shape));
    refused = await adoptOnce(cluster);
  }
  if (refused) ledger.violated('ends', `the adoption fails in calm weather: ${String(refused)}`);
}

/** @returns the error when an attempt must be settled first */
async function adoptOnce(cluster: Cluster): Promise<Error | undefined> {
  const { engine, ledger, world } = cluster;
  const process = cluster.operate('adopt');
  const request = { executionId: process.name, stop: never() };
  const options = { reason: 'restored', storeId: world.random.hex(32) };
  try {
    await engine.adoptTargets(cluster.settingsOf(process, 'operator'), request, options);
    ledger.behind = new Set();
    ledger.saw('targets adopted');
    return undefined;
  } catch (error) {
    judgeError(cluster, error, process.name);
    if (error instanceof engine.errors.InvalidChangesError) return error;
    ledger.violated('ends', `the adoption fails in calm weather: ${String(error)}`);
    return undefined;
  } finally {
    process.crash();
  }
}

function isOpen({ latest }: Ledger, { id }: ChangeShape): boolean {
  const entry = latest.get(id);
  return entry !== undefined && ['STARTED', 'FAILED'].includes(entry.state);
}

/**
 * How an attempt ended that the audit knows the beginning of: what is half there is cleaned up first. While the lock in the
 * backup is held, the first answer is to look again.
 */
async function settleOpen(cluster: Cluster, { id }: ChangeShape, isThere: boolean): Promise<void> {
  if (!isThere) cluster.ledger.cleanUp(id);
  if (!(await resolve(cluster, id, isThere))) await resolve(cluster, id, isThere);
}

/** What was marked has made the audit longer: by its length alone nobody sees any more that it is behind. */
async function bootTooEarly(cluster: Cluster): Promise<void> {
  const process = cluster.operate('too-early');
  await runOnce(cluster, process, { host: 'operator', edition: WHOLE, stop: never() });
  process.crash();
}

/** Where the engine takes no mark, because the next run knows what to do, the effect is taken back for it. */
async function mark(cluster: Cluster, shape: ChangeShape): Promise<void> {
  const isMarked = await resolve(cluster, shape.id, true);
  cluster.ledger.saw(isMarked ? 'marked before an adoption' : 'taken back before an adoption');
  if (!isMarked) cluster.ledger.cleanUp(shape.id);
}
