import { isDeepStrictEqual } from 'node:util';
import { withGate } from '../../core/kit/attempt-gate.js';
import type { NotePreviewed, PreviewedOperation } from '../../core/model/recipe.js';
import type { AttemptScope, Clients } from '../../core/model/target-system.js';
import { MemoryDatabase } from './memory-database.js';
import { MemoryTable } from './memory-table.js';

/** Where a table is. */
export interface TableLocation {
  /** The table's name. */
  readonly id: string;
  readonly database: MemoryDatabase;
}

const nothing = (): void => {};

/** The table that everybody sees; what is set is there at once. */
function liveTable({ id, database }: TableLocation, pass: (call: string) => void = nothing): MemoryTable {
  return new MemoryTable({ rows: database.rows(id), pass, changed: nothing });
}

type Rows = ReadonlyMap<string, unknown>;

/** A copy of the table: each change of it is reported to `note`, and none reaches the table. */
function previewTable(
  { id, database }: TableLocation,
  note: NotePreviewed,
  pass: (call: string) => void,
): MemoryTable {
  const rows = new Map(database.rows(id));
  let before: Rows = new Map(rows);
  const changed = (key: string): void => {
    note(operationOn(key, before, rows));
    before = new Map(rows);
  };
  return new MemoryTable({ rows, pass, changed });
}

function clientsOf(table: MemoryTable): Clients {
  return [{ token: MemoryTable, instance: table }];
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

/** What the target systems in memory have in common: one table with the target system's name. */
export abstract class TableTargetSystem {
  readonly previewsTogether = true;
  /** The table that everybody sees: to set it up and to look at it outside changes. */
  readonly table: MemoryTable;

  constructor(
    readonly id: string,
    readonly database: MemoryDatabase = new MemoryDatabase(),
  ) {
    this.table = liveTable(this);
  }

  clients(): Clients {
    return clientsOf(this.table);
  }

  connect<T>(scope: AttemptScope, work: (clients: Clients) => Promise<T>): Promise<T> {
    return withGate(scope, this.id, ({ pass }) => work(clientsOf(liveTable(this, pass))));
  }

  preview(
    scope: AttemptScope,
    note: NotePreviewed,
    work: (clients: Clients) => Promise<void>,
  ): Promise<void> {
    return withGate(scope, this.id, ({ pass }) => work(clientsOf(previewTable(this, note, pass))));
  }
}
