import type { AuditEntry } from '../../../lib/core/model/audit-entry.js';
import type { ChangeShape } from '../model/change-shape.js';
import type { LedgerDump } from '../model/ledger-dump.js';
import type { AuditDump } from '../servers/audit-server.js';
import type { BookDump } from '../servers/target-server.js';
import type { Cluster } from './cluster.js';
import type { Cut, Scenario } from './scenario.js';

/** What a dump of what the app has in its audit store's database holds: also in the target systems that live there. */
export interface Backup {
  readonly audit: AuditDump;
  readonly books: ReadonlyMap<string, BookDump>;
  readonly ledger: LedgerDump;
}

/** Everything of the app in its audit store's database that is committed at this moment. */
export function takeBackup(cluster: Cluster): Backup {
  const { ledger, scenario, store } = cluster;
  const shared = sharedTargets(scenario);
  const { storeId = '' } = store.dump().record ?? {};
  const books = new Map(
    shared.map((id) => [id, cluster.serverOf(id).dump({ storeId, namespace: 'default' })]),
  );
  return {
    audit: store.dump(),
    books,
    ledger: ledger.dump(({ targetSystem }) => shared.includes(targetSystem)),
  };
}

/** Puts a backup in the place of what is there, while nothing runs; what is not behind, a person makes as the audit says. */
export function restore(cluster: Cluster, backup: Backup): void {
  const { ledger, scenario, store } = cluster;
  store.load(backup.audit);
  for (const [id, dump] of backup.books) cluster.serverOf(id).load(dump);
  ledger.load(backup.ledger, backup.audit.record?.token ?? 0);
  ledger.behind = new Set(
    scenario.targets.flatMap(({ id, kind }) => (kind === 'marker' && knowsMore(cluster, id) ? [id] : [])),
  );
  ledger.saw(ledger.behind.size ? 'a store restored that is behind' : 'a store restored');
  for (const shape of scenario.changes) if (!ledger.isBehind(shape)) makeAsRecorded(cluster, shape);
}

/** The audit is removed; of what was there, a person keeps only what another tool had applied. The bookkeeping in the targets stays. */
export function dropStore({ ledger, scenario, store }: Cluster): void {
  store.load({ record: undefined, entries: [] });
  ledger.beginAnew();
  for (const shape of scenario.changes.slice(0, scenario.imported)) ledger.putInEffect(shape);
  ledger.saw('a store dropped');
}

/** Somebody changes the end of the audit by hand. @returns what puts it right again; undefined when there is nothing to cut */
export function cutAudit({ ledger, store, world }: Cluster, cut: Cut): (() => void) | undefined {
  const whole = store.dump();
  const last = whole.entries.at(-1);
  if (!last) return undefined;
  store.load(CUTS[cut](whole, last, world.random.int(1, whole.entries.length)));
  ledger.saw(`an audit cut: ${cut}`);
  return () => store.load(whole);
}

const CUTS: Readonly<Record<Cut, (whole: AuditDump, last: AuditEntry, count: number) => AuditDump>> = {
  'some entries': ({ record, entries }, _, count) => ({ record, entries: entries.slice(0, -count) }),
  'all entries': ({ record }) => ({ record, entries: [] }),
  'the record': ({ entries }) => ({ record: undefined, entries }),
  'the last entry replaced': ({ record, entries }, last) => ({
    record,
    entries: [...entries.slice(0, -1), { ...last, state: 'APPLIED', hash: last.hash.replace(/./g, 'f') }],
  }),
};

function sharedTargets({ targets }: Scenario): string[] {
  return targets.filter(({ kind }) => kind === 'shared').map(({ id }) => id);
}

/** A commit there has seen an entry that the audit does not have, or a marker is of an attempt that the audit does not know. */
function knowsMore(cluster: Cluster, id: string): boolean {
  const { record, entries } = cluster.store.dump();
  if (!record) return false;
  const { storeId } = record;
  const { fence, markers } = cluster.serverOf(id).book({ storeId, namespace: 'default' });
  const { witness } = fence;
  const latest = new Map(entries.map(({ changeId, attempt }) => [changeId, attempt]));
  return (
    (witness !== null && entries[witness.seq - 1]?.hash !== witness.hash) ||
    [...markers.values()].some(({ changeId, attempt }) => attempt > (latest.get(changeId) ?? 0))
  );
}

/** What is settled in the audit is made so by hand; what is not stays as it is. */
function makeAsRecorded({ ledger, scenario }: Cluster, shape: ChangeShape): void {
  const state = ledger.latest.get(shape.id)?.state;
  if (ledger.isApplied(shape.id) || (state === undefined && shape.index < scenario.imported))
    ledger.putInEffect(shape);
  else if (state === undefined || state.endsWith('ROLLED_BACK')) ledger.cleanUp(shape.id);
}
