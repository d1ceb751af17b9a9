import type { AuditEntry } from '../../core/audit-entry.js';
import { attributesOf } from './audit-item.js';
import { pack, partKey } from './large-entries.js';
import { changeKey, entryKey, latestKey, type StorePlace } from './store-place.js';
import { storedText } from './stored-text.js';
import { BY_CHANGE } from './table-definitions.js';
import type { TransactionWrite } from './transaction-writer.js';

/** The items of the entries, and for each change its latest one once more, where one read finds all of them. */
export function entryWrites(place: StorePlace, entries: readonly AuditEntry[]): TransactionWrite[] {
  const latest = new Map(entries.map((entry) => [entry.changeId, entry]));
  return entries.flatMap((entry) => itemWrites(place, entry, latest.get(entry.changeId) === entry));
}

function itemWrites(place: StorePlace, entry: AuditEntry, isLatest: boolean): TransactionWrite[] {
  const { table: TableName } = place;
  const { fields, parts } = pack(attributesOf(entry));
  const changeId = storedText(entry.changeId);
  const item = { ...entryKey(place, entry.seq), [BY_CHANGE]: changeKey(changeId, entry.seq), ...fields };
  return [
    { Put: { TableName, Item: item, ConditionExpression: 'attribute_not_exists(pk)' } },
    ...(isLatest ? [{ Put: { TableName, Item: { ...latestKey(place, changeId), ...fields } } }] : []),
    ...parts.map((body, index) => ({
      Put: { TableName, Item: { ...partKey(place, entry.seq, index), body } },
    })),
  ];
}
