import type { AuditEntry } from '../../core/audit-entry.js';
import type { AuditHead } from '../../core/audit-head.js';
import type { AuditSnapshot } from '../../core/audit-store.js';
import type { LeaseWatch } from '../../core/lease-watch.js';
import { NOTHING_YET } from '../../core/nothing-yet.js';
import type { PlainItem } from './attribute-values.js';
import { entryOf } from './audit-item.js';
import { headOf } from './head.js';
import { unpack } from './large-entries.js';
import { statePartition, type StorePlace } from './store-place.js';

/** One query: its partition holds the head and the latest entry of each change, and nothing of the history. */
export async function readSnapshot(place: StorePlace, watch: LeaseWatch): Promise<AuditSnapshot> {
  const { table: TableName } = place;
  const query = {
    TableName,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': statePartition(place) },
  };
  const asked = watch.now();
  const latest: AuditEntry[] = [];
  let head: AuditHead | undefined;
  let holder: AuditSnapshot['holder'] = null;
  for await (const page of place.calls.query(query)) {
    const [first] = page;
    if (!head && first?.['sk'] === 'head') {
      head = headOf(first);
      holder = watch.holderOf(head, asked);
    }
    latest.push(...(await entriesOf(place, page)));
  }
  return head ? { ready: true, latest, head: head.chain, holder } : NOTHING_YET;
}

function entriesOf(place: StorePlace, page: readonly PlainItem[]): Promise<AuditEntry[]> {
  const items = page.filter(({ sk }) => sk !== 'head');
  return Promise.all(items.map(async (item) => entryOf(await unpack(place, item))));
}
