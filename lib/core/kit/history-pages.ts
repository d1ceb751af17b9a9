import type { AuditEntry } from '../model/audit-entry.js';
import type { HistoryQuery } from '../model/audit-store.js';

/** How many entries a page has. Each page is a round trip. */
const PAGE = 200;

/** One page of a query. */
export interface HistoryPage {
  readonly query: HistoryQuery;
  readonly size: number;
  /** Seq of the last entry of the previous page; undefined for the first page. */
  readonly behind: number | undefined;
}

/**
 * The entries that a query asks for, page by page. Each page begins after the last seq of the previous one, so no cursor and no
 * connection is kept between them, and entries may be appended meanwhile.
 *
 * @param read - reads one page: at most `size` entries after `behind`, in the query's direction
 * @param most - the largest size of a page
 */
export async function* historyPages(
  query: HistoryQuery,
  read: (page: HistoryPage) => Promise<readonly AuditEntry[]>,
  most = PAGE,
): AsyncGenerator<AuditEntry> {
  let left = query.limit ?? Infinity;
  for (let last: AuditEntry | undefined; left > 0;) {
    const size = Math.min(left, most);
    const entries = await read({ query, size, behind: last?.seq });
    yield* entries;
    if (entries.length < size) return;
    last = entries.at(-1);
    left -= entries.length;
  }
}

/** Whether an entry is one of those that the query asks for. Moments are compared as text: in ISO 8601, UTC, milliseconds, both orders are one. */
export function matchesQuery(entry: AuditEntry, query: HistoryQuery): boolean {
  const { changeId, state, targetSystem, fromSeq, since, until } = query;
  return (
    (changeId === undefined || entry.changeId === changeId) &&
    (state === undefined || entry.state === state) &&
    (targetSystem === undefined || entry.targetSystem === targetSystem) &&
    (fromSeq === undefined || entry.seq >= fromSeq) &&
    (since === undefined || entry.at >= since.toISOString()) &&
    (until === undefined || entry.at < until.toISOString())
  );
}
