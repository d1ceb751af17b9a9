import { isDeepStrictEqual } from 'node:util';
import { clientGate } from '../../core/client-gate.js';
import type { NotePreviewed, PreviewedOperation } from '../../core/previewed-operation.js';
import type { AttemptScope, Clients } from '../../core/target-system.js';
import type { TablePlace } from './live-table.js';
import { MemoryTable } from './memory-table.js';

type Rows = ReadonlyMap<string, unknown>;

/** Lends a copy of the table: what is changed in it is told and thrown away. */
export async function withPreviewTable(
  { id, database }: TablePlace,
  scope: AttemptScope,
  note: NotePreviewed,
  work: (clients: Clients) => Promise<void>,
): Promise<void> {
  const gate = clientGate(scope, id);
  const rows = new Map(database.rows(id));
  let before: Rows = new Map(rows);
  const changed = (key: string): void => {
    note(operationOn(key, before, rows));
    before = new Map(rows);
  };
  try {
    await work([{ token: MemoryTable, instance: new MemoryTable({ rows, pass: gate.pass, changed }) }]);
  } finally {
    gate.close();
  }
}

function operationOn(key: string, before: Rows, after: Rows): PreviewedOperation {
  const summary = `${after.has(key) ? 'set' : 'delete'} '${key}'`;
  if (before.has(key) === after.has(key) && isDeepStrictEqual(before.get(key), after.get(key)))
    return { summary, differences: [] };
  const from = before.has(key) && { from: textOf(before.get(key)) };
  const to = after.has(key) && { to: textOf(after.get(key)) };
  return { summary, differences: [{ what: key, ...from, ...to }] };
}

function textOf(value: unknown): string {
  const text: string | undefined = JSON.stringify(value);
  return text ?? String(value);
}
