import type { HistorySource, ImportedRow } from 'nestjs-flamingock';

/** The record of a tool that has applied what is given by name alone. */
export function sourceOf(...rows: readonly (string | ImportedRow)[]): HistorySource {
  const full = rows.map((row): ImportedRow =>
    typeof row === 'string' ? { name: row, state: 'applied', at: '2024-01-01T10:00:00.000Z' } : row,
  );
  return { name: 'the old tool', read: async () => full };
}
