import type { AuditEntry } from './audit-entry.js';
import { isUncertain } from './import-plan.js';
import type { HistorySource } from './import-source.js';
import type { EngineSettings } from './settings.js';
import type { Survey } from './survey.js';

/** What only the history of our own audit tells about a record. */
export interface ImportPast {
  /** Ids of the record's changes that our audit has applied before, although their latest entry does not say so. */
  readonly everApplied: ReadonlySet<string>;
  /** True when something was imported from this very source. Its record may go then. */
  readonly hasImported: boolean;
}

/** Reads the history of those changes alone whose latest entry does not tell. */
export async function findPast(
  { store }: Pick<EngineSettings, 'store'>,
  { latest }: Pick<Survey, 'latest'>,
  source: Pick<HistorySource, 'name'>,
  ids: ReadonlySet<unknown>,
): Promise<ImportPast> {
  const everApplied = new Set<string>();
  for (const entry of latest.values()) {
    if (!ids.has(entry.changeId) || !isUncertain(entry)) continue;
    for await (const { state } of store.history({ changeId: entry.changeId }))
      if (state === 'APPLIED' || state === 'MANUAL_MARKED_AS_APPLIED') everApplied.add(entry.changeId);
  }
  // Only a record without rows raises the question.
  return { everApplied, hasImported: ids.size > 0 || (await hasImportedFrom(store, latest, source)) };
}

async function hasImportedFrom(
  store: EngineSettings['store'],
  latest: Survey['latest'],
  { name }: Pick<HistorySource, 'name'>,
): Promise<boolean> {
  const entries = [...latest.values()];
  if (entries.some((entry) => originOf(entry) === name)) return true;
  const mayHide = ({ operation, attempt }: AuditEntry): boolean => operation !== 'apply' || attempt > 1;
  for (const { changeId } of entries.filter((entry) => originOf(entry) === undefined && mayHide(entry)))
    for await (const entry of store.history({ changeId })) if (originOf(entry) === name) return true;
  return false;
}

/** The name of the source that an entry was imported from. */
function originOf({ operation, metadata }: AuditEntry): unknown {
  if (operation !== 'import') return undefined;
  return (metadata?.['importedFrom'] as { readonly source?: unknown } | undefined)?.source;
}
