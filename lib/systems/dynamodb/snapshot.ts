import type { AuditEntry } from '../../core/audit-entry.js';
import type { AuditSnapshot, AuditSummary } from '../../core/audit-store.js';
import { headOf as endOf } from '../../core/hash-chain.js';
import type { LeaseWatch } from '../../core/lease-watch.js';
import { entryOf } from './audit-item.js';
import { unpack } from './large-entries.js';
import { statePartition, type StorePlace } from './store-place.js';
import { readSummary } from './summary.js';

/**
 * The summary, then one query: its partition holds the latest entry of each change, and nothing of the history.
 *
 * The last entry is among them. If it is not, an append came in between, or is just becoming visible: then both are read
 * again, until the head has not moved meanwhile.
 */
export async function readSnapshot(place: StorePlace, watch: LeaseWatch): Promise<AuditSnapshot> {
  for (let before: AuditSummary | undefined; ;) {
    const summary = await readSummary(place, watch);
    const latest = await readLatest(place);
    const { seq } = summary.head;
    if (endOf(latest).seq === seq || before?.head.seq === seq) return { ...summary, latest };
    before = summary;
  }
}

async function readLatest(place: StorePlace): Promise<AuditEntry[]> {
  const query = {
    TableName: place.table,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': statePartition(place) },
  };
  const latest: AuditEntry[] = [];
  for await (const page of place.calls.query(query))
    latest.push(...(await Promise.all(page.map(async (item) => entryOf(await unpack(place, item))))));
  return latest;
}
