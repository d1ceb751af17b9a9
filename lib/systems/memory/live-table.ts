import { clientGate } from '../../core/client-gate.js';
import type { AttemptScope, Clients } from '../../core/target-system.js';
import type { MemoryDatabase } from './memory-database.js';
import { MemoryTable } from './memory-table.js';

/** Where a table is. */
export interface TablePlace {
  /** The table's name. */
  readonly id: string;
  readonly database: MemoryDatabase;
}

const open = (): void => {};

/** The table as everybody sees it; what is set is there at once. */
export function liveTable({ id, database }: TablePlace, pass: (call: string) => void = open): MemoryTable {
  return new MemoryTable({ rows: database.rows(id), pass, changed: open });
}

/** Lends the table to an attempt. */
export async function withTable<T>(
  place: TablePlace,
  scope: AttemptScope,
  work: (clients: Clients) => Promise<T>,
): Promise<T> {
  const gate = clientGate(scope, place.id);
  try {
    return await work([{ token: MemoryTable, instance: liveTable(place, gate.pass) }]);
  } finally {
    gate.close();
  }
}
