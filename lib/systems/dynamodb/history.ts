import type { AuditEntry } from '../../core/audit-entry.js';
import type { HistoryQuery } from '../../core/audit-store.js';
import type { PlainItem } from './attribute-values.js';
import { entryOf } from './audit-item.js';
import { unpack } from './large-entries.js';
import type { OwnQuery } from './own-calls.js';
import { changeKey, logPartition, sortable, type StorePlace } from './store-place.js';
import { storedText } from './stored-text.js';
import { BY_CHANGE } from './table-definitions.js';

/** How many items are read at once. */
const PAGE = 200;

/** The entries that a query asks for, page by page; those of one change by their index. */
export async function* readHistory(place: StorePlace, query: HistoryQuery): AsyncGenerator<AuditEntry> {
  let left = query.limit ?? Infinity;
  if (left <= 0) return;
  for await (const page of place.calls.query(ownQuery(place, query))) {
    for (const item of page) {
      yield entryOf(await unpack(place, item));
      if (--left <= 0) return;
    }
  }
}

function ownQuery(place: StorePlace, query: HistoryQuery): OwnQuery {
  const wanted = filters(query);
  const { changeId, fromSeq = 0 } = query;
  const from = Math.max(0, fromSeq);
  const names = Object.fromEntries(wanted.map(({ field }) => [`#${field}`, field]));
  return {
    TableName: place.table,
    ScanIndexForward: query.direction !== 'newest-first',
    ...(wanted.length === 0
      ? { Limit: Math.min(PAGE, query.limit ?? PAGE) }
      : {
          FilterExpression: wanted.map(({ expression }) => expression).join(' AND '),
          ExpressionAttributeNames: names,
        }),
    ...(changeId === undefined ? {} : { IndexName: BY_CHANGE, Select: 'ALL_ATTRIBUTES' }),
    KeyConditionExpression: `pk = :pk AND ${changeId === undefined ? 'sk' : BY_CHANGE} BETWEEN :first AND :last`,
    ExpressionAttributeValues: {
      ':pk': logPartition(place),
      ...(changeId === undefined ? allFrom(from) : ofChangeFrom(storedText(changeId), from)),
      ...Object.fromEntries(wanted.map(({ name, value }) => [name, value])),
    },
  };
}

function allFrom(seq: number): PlainItem {
  return { ':first': sortable(seq), ':last': sortable(Infinity) };
}

/** The range may contain ids that begin alike; the filter tells them apart. */
function ofChangeFrom(changeId: string, seq: number): PlainItem {
  return { ':first': changeKey(changeId, seq), ':last': changeKey(changeId, 'last') };
}

interface Filter {
  readonly field: string;
  readonly name: string;
  readonly value: string;
  readonly expression: string;
}

/** Moments are compared as text: in ISO 8601, UTC, milliseconds, both orders are one. */
function filters({ changeId, state, targetSystem, since, until }: HistoryQuery): Filter[] {
  const conditions: readonly (readonly [string, string, string, string | undefined])[] = [
    ['changeId', '=', ':changeId', changeId === undefined ? undefined : storedText(changeId)],
    ['state', '=', ':state', state],
    ['targetSystem', '=', ':target', targetSystem === undefined ? undefined : storedText(targetSystem)],
    ['at', '>=', ':since', since?.toISOString()],
    ['at', '<', ':until', until?.toISOString()],
  ];
  return conditions.flatMap(([field, comparison, name, value]) =>
    value === undefined ? [] : [{ field, name, value, expression: `#${field} ${comparison} ${name}` }],
  );
}
