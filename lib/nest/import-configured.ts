import type { ChangeLogger } from '../core/change.js';
import { importHistory } from '../core/import-history.js';
import type { ImportReport } from '../core/import-report.js';
import type { EngineSettings, RunRequest } from '../core/settings.js';
import type { ReadyImport } from './history-import.js';

/** Imports what the module's option `importHistory` names, one record after the other, and tells what it has written. */
export async function importConfigured(
  imports: readonly ReadyImport[],
  settings: EngineSettings,
  request: RunRequest,
  logger: Pick<ChangeLogger, 'log'>,
): Promise<void> {
  for (const { source, rules } of imports) {
    const report = await importHistory(settings, request, source, rules);
    if (report.imported.length || (report.notes.length > 0 && !report.rows)) logger.log(importText(report));
  }
}

function importText({ source, imported, ignored, notes }: ImportReport): string {
  const ids = [...new Set(imported.map(({ changeId }) => changeId))];
  const rest = ignored.length ? `; ${ignored.length} of its rows ignored` : '';
  const what = ids.length ? `${ids.length} from ${source}: ${ids.join(', ')}` : `nothing from ${source}`;
  return [`Imported ${what}${rest}`, ...notes].join('; ');
}
