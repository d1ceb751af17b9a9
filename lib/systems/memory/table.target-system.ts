import type { NotePreviewed } from '../../core/previewed-operation.js';
import type { AttemptScope, Clients } from '../../core/target-system.js';
import { liveTable, withTable } from './live-table.js';
import { MemoryDatabase } from './memory-database.js';
import { MemoryTable } from './memory-table.js';
import { withPreviewTable } from './preview-table.js';

/** What the target systems in memory have in common: one table, named like the target system. */
export abstract class TableTargetSystem {
  readonly previewsTogether = true;
  /** The table as everybody sees it; for looking at it, and for setting it up, outside changes. */
  readonly table: MemoryTable;

  constructor(
    readonly id: string,
    readonly database: MemoryDatabase = new MemoryDatabase(),
  ) {
    this.table = liveTable(this);
  }

  clients(): Clients {
    return [{ token: MemoryTable, instance: this.table }];
  }

  connect<T>(scope: AttemptScope, work: (clients: Clients) => Promise<T>): Promise<T> {
    return withTable(this, scope, work);
  }

  preview(
    scope: AttemptScope,
    note: NotePreviewed,
    work: (clients: Clients) => Promise<void>,
  ): Promise<void> {
    return withPreviewTable(this, scope, note, work);
  }
}
