import type { AuditEntry } from '../../core/audit-entry.js';
import type { HistoryQuery } from '../../core/audit-store.js';

/** The entries that a query asks for, in its order. */
export function select(entries: readonly AuditEntry[], query: HistoryQuery): AuditEntry[] {
  const found = entries.filter((entry) => matches(entry, query));
  return (query.direction === 'newest-first' ? found.toReversed() : found).slice(0, query.limit);
}

function matches(
  entry: AuditEntry,
  { changeId, state, targetSystem, fromSeq, since, until }: HistoryQuery,
): boolean {
  const at = Date.parse(entry.at);
  return (
    (changeId === undefined || entry.changeId === changeId) &&
    (state === undefined || entry.state === state) &&
    (targetSystem === undefined || entry.targetSystem === targetSystem) &&
    (fromSeq === undefined || entry.seq >= fromSeq) &&
    (since === undefined || at >= since.getTime()) &&
    (until === undefined || at < until.getTime())
  );
}
