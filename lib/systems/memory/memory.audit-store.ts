import type { AuditEntry } from '../../core/audit-entry.js';
import type {
  Acquisition,
  AuditSnapshot,
  AuditStore,
  AuditSummary,
  Fence,
  HistoryQuery,
  LeaseRequest,
  Settled,
} from '../../core/audit-store.js';
import { AuditStoreError } from '../../core/errors.js';
import { NOTHING_YET } from '../../core/nothing-yet.js';
import type { AuditLog } from './audit-log.js';
import { copyOf } from './copy.js';
import { select } from './history-query.js';
import { MemoryDatabase } from './memory-database.js';
import { leaseRow, MemoryTransaction } from './memory-transaction.js';

/** How a memory audit store behaves. */
export interface MemoryAuditStoreOptions {
  /** Its own chain, changes and lock; several apps can live in one database. @default 'default' */
  readonly namespace?: string;
}

/**
 * An audit store in memory, for trying things out and for tests. What it knows is gone with the process.
 *
 * Stores on the same `MemoryDatabase` and namespace are replicas of each other.
 */
export class MemoryAuditStore implements AuditStore {
  readonly name = 'memory';
  readonly namespace: string;

  constructor(
    readonly database: MemoryDatabase = new MemoryDatabase(),
    { namespace = 'default' }: MemoryAuditStoreOptions = {},
  ) {
    this.namespace = namespace;
  }

  get resource(): unknown {
    return this.database;
  }

  async open(): Promise<void> {
    this.database.openLog(this.namespace);
  }

  async summary(): Promise<AuditSummary> {
    return this.database.log(this.namespace)?.summary() ?? NOTHING_YET;
  }

  async snapshot(): Promise<AuditSnapshot> {
    const log = this.database.log(this.namespace);
    return log ? { ...log.summary(), latest: copyOf(log.latest()) } : NOTHING_YET;
  }

  async append(entries: readonly AuditEntry[], fence: Fence, session?: unknown): Promise<void> {
    if (session instanceof MemoryTransaction)
      return session.append(this.#log(), this.namespace, entries, fence);
    if (session !== undefined)
      throw new AuditStoreError(
        `The memory audit store '${this.namespace}' was given a session that is not its own.`,
      );
    await this.#withLeaseRow((log) => log.append(entries, fence));
  }

  async *history(query: HistoryQuery = {}): AsyncIterable<AuditEntry> {
    yield* copyOf(select(this.database.log(this.namespace)?.entries ?? [], query));
  }

  acquire(request: LeaseRequest): Promise<Acquisition | null> {
    return this.#withLeaseRow((log) => log.acquire(request));
  }

  renew(fence: Fence): Promise<boolean> {
    return this.#withLeaseRow((log) => log.renew(fence));
  }

  release(fence: Fence, settled?: Settled): Promise<void> {
    return this.#withLeaseRow((log) => log.release(fence, settled));
  }

  settle(settled: Settled): Promise<void> {
    return this.#withLeaseRow((log) => log.settle(settled));
  }

  adopt(storeId: string, fence: Fence): Promise<void> {
    return this.#withLeaseRow((log) => log.adopt(storeId, fence));
  }

  async #withLeaseRow<T>(work: (log: AuditLog) => T): Promise<T> {
    const release = await this.database.locks.take(leaseRow(this.namespace), 'another holder');
    try {
      return work(this.#log());
    } finally {
      release();
    }
  }

  #log(): AuditLog {
    const log = this.database.log(this.namespace);
    if (log) return log;
    throw new AuditStoreError(
      `The memory audit store '${this.namespace}' was written to before it was opened.`,
      {
        fix: ['await store.open() first'],
      },
    );
  }
}
