import type { Execution } from '../engine/execute/execution.js';
import { draft } from '../engine/execute/record.js';
import type { State } from '../engine/read-state.js';
import type { AuditEntry, AuditEntryDraft } from '../model/audit-entry.js';
import type { HistorySource, ImportedRow } from '../model/history-source.js';
import type { Step } from '../model/plan.js';
import type { EngineSettings } from '../model/settings.js';
import { isUncertain } from './plan.js';

/** The audit entry of an imported row: its change is applied, by today's code; where it comes from is in `metadata.importedFrom`. */
export function importDraft(
  { settings, request }: Pick<Execution, 'settings' | 'request'>,
  { change, strategy }: Pick<Step, 'change' | 'strategy'>,
  source: Pick<HistorySource, 'name'>,
  row: ImportedRow,
  latest: AuditEntry | undefined,
): AuditEntryDraft {
  const metadata = { ...change.metadata, importedFrom: metadataOf(source, row) };
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

function metadataOf({ name: source }: Pick<HistorySource, 'name'>, row: ImportedRow): object {
  const { name, at, zone, author, description, durationMs, facts } = row;
  const details = Object.entries({ zone, author, description, durationMs, facts });
  return { source, name, at, ...Object.fromEntries(details.filter(([, value]) => value !== undefined)) };
}

/** What the history of this audit tells about an imported record. */
export interface ImportPast {
  /** Ids of the record's changes that our audit has applied before, although their latest entry does not say so. */
  readonly everApplied: ReadonlySet<string>;
  /** True when something was imported from this source before, so that its record may be gone. */
  readonly hasImported: boolean;
}

/** Reads the history only of changes whose latest entry leaves it open. */
export async function findPast(
  { store }: Pick<EngineSettings, 'store'>,
  { latest }: Pick<State, 'latest'>,
  source: Pick<HistorySource, 'name'>,
  ids: ReadonlySet<unknown>,
): Promise<ImportPast> {
  const everApplied = new Set<string>();
  for (const entry of latest.values()) {
    if (!ids.has(entry.changeId) || !isUncertain(entry)) continue;
    for await (const { state } of store.history({ changeId: entry.changeId }))
      if (state === 'APPLIED' || state === 'MANUAL_MARKED_AS_APPLIED') everApplied.add(entry.changeId);
  }
  // Only an empty record needs this read.
  return { everApplied, hasImported: ids.size > 0 || (await hasImportedFrom(store, latest, source)) };
}

async function hasImportedFrom(
  store: EngineSettings['store'],
  latest: State['latest'],
  { name }: Pick<HistorySource, 'name'>,
): Promise<boolean> {
  const entries = [...latest.values()];
  if (entries.some((entry) => sourceOf(entry) === name)) return true;
  const mayHide = ({ operation, attempt }: AuditEntry): boolean => operation !== 'apply' || attempt > 1;
  for (const { changeId } of entries.filter((entry) => sourceOf(entry) === undefined && mayHide(entry)))
    for await (const entry of store.history({ changeId })) if (sourceOf(entry) === name) return true;
  return false;
}

/** The name of the source that an entry was imported from. */
function sourceOf({ operation, metadata }: AuditEntry): unknown {
  if (operation !== 'import') return undefined;
  return (metadata?.['importedFrom'] as { readonly source?: unknown } | undefined)?.source;
}
