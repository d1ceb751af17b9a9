import type { HistoryToImport } from '../../../lib/core/model/settings.js';
import type { Scenario } from './scenario.js';

/** What another tool has applied before, as it tells it. */
export function importsOf({ changes, imported }: Scenario): readonly HistoryToImport[] {
  if (!imported) return [];
  const rows = changes
    .slice(0, imported)
    .map(({ id }) => ({ name: id, state: 'applied' as const, at: null }));
  const source = { name: 'another tool', read: () => Promise.resolve(rows) };
  return [{ source, rules: { allowUnknown: true } }];
}
