import { clientGate, type ClientGate } from '../../core/kit/attempt-gate.js';
import type { AuditEntry, ChainHead } from '../../core/model/audit-entry.js';
import type { ChainIdentity, Fence } from '../../core/model/audit-store.js';
import { TargetSystemError } from '../../core/model/errors.js';
import type { AttemptScope, Clients, Marker, TargetTransaction } from '../../core/model/target-system.js';
import type { AuditLog } from './audit-log.js';
import type { MemoryDatabase } from './memory-database.js';
import { MemoryTable } from './memory-table.js';

/** An open transaction: it works on a copy of the table, and keeps all other steps for the commit. */
export class MemoryTransaction implements TargetTransaction {
  readonly clients: Clients;
  readonly #copy: Map<string, unknown>;
  readonly #changed = new Set<string>();
  readonly #gate: ClientGate;
  readonly #steps: (() => void)[] = [];
  readonly #locks = new Map<string, () => void>();
  #ended = false;

  readonly #database: MemoryDatabase;
  readonly #scope: AttemptScope;
  readonly #table: string;

  constructor(database: MemoryDatabase, scope: AttemptScope, table: string) {
    this.#database = database;
    this.#scope = scope;
    this.#table = table;
    this.#copy = new Map(database.rows(table));
    this.#gate = clientGate(scope, table);
    const { pass } = this.#gate;
    const access = { rows: this.#copy, pass, changed: (key: string) => void this.#changed.add(key) };
    this.clients = [{ token: MemoryTable, instance: new MemoryTable(access) }];
  }

  get session(): this {
    return this;
  }

  async seal(): Promise<{ readonly brokenOpen: boolean }> {
    this.#gate.close();
    return { brokenOpen: false };
  }

  async raiseFence(token: number, witness: ChainHead): Promise<boolean> {
    await this.#lock(fenceRow(this.#scope));
    const book = this.#database.book(this.#scope);
    if (!book.admits(token)) return false;
    this.#steps.push(() => book.raiseFence(token, witness));
    return true;
  }

  async writeMarker(marker: Marker): Promise<void> {
    this.#steps.push(() => this.#database.book(this.#scope).write(marker));
  }

  async removeMarkers(changeIds: readonly string[]): Promise<void> {
    this.#steps.push(() => this.#database.book(this.#scope).remove(changeIds));
  }

  /** Adds an append to the audit log to this transaction. @throws StaleFenceError, AppendRefusedError */
  async append(
    log: AuditLog,
    namespace: string,
    entries: readonly AuditEntry[],
    fence: Fence,
  ): Promise<void> {
    await this.#lock(leaseRow(namespace));
    log.check(entries, fence);
    this.#steps.push(() => log.append(entries, fence));
  }

  commit(): void {
    const rows = this.#database.rows(this.#table);
    for (const key of this.#changed) {
      if (this.#copy.has(key)) rows.set(key, this.#copy.get(key));
      else rows.delete(key);
    }
    for (const step of this.#steps) step();
  }

  /** Releases the locks and refuses further calls. What was not committed is discarded. */
  end(): void {
    this.#ended = true;
    this.#gate.close();
    for (const release of this.#locks.values()) release();
  }

  async #lock(row: string): Promise<void> {
    const { changeId, attempt } = this.#scope;
    const owner = `the transaction of change '${changeId}' (attempt ${attempt})`;
    const release = this.#locks.has(row) ? undefined : await this.#database.locks.take(row, owner);
    if (release) this.#locks.set(row, release);
    if (!this.#ended) return;
    release?.();
    throw new TargetSystemError(`In the memory database, ${owner} has ended.`);
  }
}

/** The name of the row that `TargetTransaction.raiseFence` locks until the end of the transaction. */
export function fenceRow({ storeId, namespace }: ChainIdentity): string {
  return `fence row of namespace '${namespace}' of store ${storeId}`;
}

/** The name of the row that an append within a transaction locks until the end of the transaction. */
export function leaseRow(namespace: string): string {
  return `lock row of namespace '${namespace}'`;
}
