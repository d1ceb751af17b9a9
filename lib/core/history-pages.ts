import type { AuditEntry } from './audit-entry.js';
import type { HistoryQuery } from './audit-store.js';

/** Each page is a round trip. */
const PAGE = 200;

/** One page of a query. */
export interface HistoryPage {
  readonly query: HistoryQuery;
  readonly size: number;
  /** Seq of the last entry of the page before. */
  readonly behind: number | undefined;
}

/**
 * The entries that a query asks for, page by page. Each page begins behind the last seq of the one before,
 * so no cursor and no connection is kept between them, and entries that are appended meanwhile do no harm.
 *
 * @param most - how many entries are read at once
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
