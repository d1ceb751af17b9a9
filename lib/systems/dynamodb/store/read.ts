import { headOf as endOf } from '../../../core/kit/hash-chain.js';
import type { LeaseWatch } from '../../../core/kit/watched-lease.js';
import type { AuditEntry } from '../../../core/model/audit-entry.js';
import type { AuditSnapshot, AuditSummary, HistoryQuery } from '../../../core/model/audit-store.js';
import { type PlainItem, storedText } from '../connection/attribute-values.js';
import type { OwnQuery } from '../connection/own-calls.js';
import { BY_CHANGE } from '../connection/tables.js';
import { entryOf, unpack } from './audit-items.js';
import { changeKey, logPartition, sortable, statePartition, type StoreLocation } from './store-location.js';
import { readSummary } from './summary.js';

/** How many items are read at once. */
const PAGE = 200;

/** The entries that a query asks for, read in pages. Those of one change are found by an index. */
export async function* readHistory(location: StoreLocation, query: HistoryQuery): AsyncGenerator<AuditEntry> {
  let left = query.limit ?? Infinity;
  if (left <= 0) return;
  for await (const page of location.calls.query(ownQuery(location, query))) {
    for (const item of page) {
      yield entryOf(await unpack(location, item));
      if (--left <= 0) return;
    }
  }
}

function ownQuery(location: StoreLocation, query: HistoryQuery): OwnQuery {
  const wanted = filters(query);
  const { changeId, fromSeq = 0 } = query;
  const from = Math.max(0, fromSeq);
  const names = Object.fromEntries(wanted.map(({ field }) => [`#${field}`, field]));
  return {
    TableName: location.table,
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
      ':pk': logPartition(location),
      ...(changeId === undefined ? allFrom(from) : ofChangeFrom(storedText(changeId), from)),
      ...Object.fromEntries(wanted.map(({ name, value }) => [name, value])),
    },
  };
}

function allFrom(seq: number): PlainItem {
  return { ':first': sortable(seq), ':last': sortable(Infinity) };
}

/** The range may contain ids that begin with this one. The filter leaves them out. */
function ofChangeFrom(changeId: string, seq: number): PlainItem {
  return { ':first': changeKey(changeId, seq), ':last': changeKey(changeId, 'last') };
}

interface Filter {
  readonly field: string;
  readonly name: string;
  readonly value: string;
  readonly expression: string;
}

/** Times are compared as text: ISO 8601 in UTC with milliseconds sorts by time. */
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

/**
 * Reads the summary, then a partition that holds only the latest entry of each change.
 *
 * The last entry is one of them. If it is not, an append came in between, or is just becoming visible. Then both are read
 * again, until the head has not moved in between.
 */
export async function readSnapshot(location: StoreLocation, watch: LeaseWatch): Promise<AuditSnapshot> {
  for (let before: AuditSummary | undefined; ;) {
    const summary = await readSummary(location, watch);
    const latest = await readLatest(location);
    const { seq } = summary.head;
    if (endOf(latest).seq === seq || before?.head.seq === seq) return { ...summary, latest };
    before = summary;
  }
}

async function readLatest(location: StoreLocation): Promise<AuditEntry[]> {
  const query = {
    TableName: location.table,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': statePartition(location) },
  };
  const latest: AuditEntry[] = [];
  for await (const page of location.calls.query(query))
    latest.push(...(await Promise.all(page.map(async (item) => entryOf(await unpack(location, item))))));
  return latest;
}
