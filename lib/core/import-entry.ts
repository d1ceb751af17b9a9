import type { AuditEntry, AuditEntryDraft } from './audit-entry.js';
import { draft } from './execute/draft.js';
import type { Execution } from './execute/execution.js';
import type { HistorySource, ImportedRow } from './import-source.js';
import type { Step } from './plan.js';

/** The audit entry of an imported row: its change is applied, by today's code; where it comes from is in `metadata.importedFrom`. */
export function importDraft(
  { settings, request }: Pick<Execution, 'settings' | 'request'>,
  { change, strategy }: Pick<Step, 'change' | 'strategy'>,
  source: Pick<HistorySource, 'name'>,
  row: ImportedRow,
  latest: AuditEntry | undefined,
): AuditEntryDraft {
  const metadata = { ...change.metadata, importedFrom: originOf(source, row) };
  return draft(
    { settings, request, operation: { name: 'import' } },
    { change: { ...change, metadata }, strategy },
    {
      state: 'APPLIED',
      attempt: latest?.attempt ?? 0,
      durationMs: row.durationMs,
      reason: `imported from ${source.name}, where it is '${row.name}'${whenOf(row)}`,
    },
  );
}

function whenOf({ at, zone, state }: ImportedRow): string {
  const read = zone ? ` (read as ${zone}: the record names no time zone)` : '';
  return `${at ? `, applied at ${at}${read}` : ''}${state === 'struck-out' ? ', struck out but not undone' : ''}`;
}

function originOf({ name: source }: Pick<HistorySource, 'name'>, row: ImportedRow): object {
  const { name, at, zone, author, description, durationMs, facts } = row;
  const told = Object.entries({ zone, author, description, durationMs, facts });
  return { source, name, at, ...Object.fromEntries(told.filter(([, value]) => value !== undefined)) };
}
