import { type AuditStorage, BaseAuditStore, NOTHING_YET } from '../../core/kit/base-audit-store.js';
import { matchesQuery } from '../../core/kit/history-pages.js';
import type { AuditEntry } from '../../core/model/audit-entry.js';
import type { HistoryQuery } from '../../core/model/audit-store.js';
import { AuditStoreError } from '../../core/model/errors.js';
import { messageOf } from '../../core/kit/text.js';
import type { AuditLog } from './audit-log.js';
import { MemoryDatabase } from './memory-database.js';
import { copyOf } from './memory-table.js';
import { leaseRow, MemoryTransaction } from './memory-transaction.js';

/** How a memory audit store behaves. */
export interface MemoryAuditStoreOptions {
  /** Its own chain, changes and lock; several apps can live in one database. @default 'default' */
  readonly namespace?: string;
}

/**
 * An audit store in memory, for trying things out and for tests. Its entries are gone when the process ends.
 *
 * Stores on the same `MemoryDatabase` and namespace are replicas of each other.
 */
export class MemoryAuditStore extends BaseAuditStore<MemoryTransaction> {
  readonly database: MemoryDatabase;

  /** @throws AuditStoreError for a namespace that cannot be one */
  constructor(database = new MemoryDatabase(), { namespace = 'default' }: MemoryAuditStoreOptions = {}) {
    super('memory', namespace, storageIn(database, namespace));
    this.database = database;
  }

  get resource(): unknown {
    return this.database;
  }
}

function storageIn(database: MemoryDatabase, namespace: string): AuditStorage<MemoryTransaction> {
  const openedLog = (): AuditLog => database.log(namespace) ?? notOpened(namespace);
  const withLeaseRow = async <T>(work: (log: AuditLog) => T): Promise<T> => {
    const release = await database.locks.take(leaseRow(namespace), 'another holder');
    try {
      return work(openedLog());
    } finally {
      release();
    }
  };
  const summary = async () => database.log(namespace)?.summary() ?? NOTHING_YET;
  return {
    open: async () => database.openLog(namespace),
    summary,
    snapshot: async () => ({ ...(await summary()), latest: copyOf(database.log(namespace)?.latest() ?? []) }),
    append: ({ entries, fence }, session) =>
      session
        ? session.append(openedLog(), namespace, entries, fence)
        : withLeaseRow((log) => log.append(entries, fence)),
    history: (query) => historyOf(database.log(namespace)?.entries ?? [], query),
    acquire: (request) => withLeaseRow((log) => log.acquire(request)),
    renew: (fence) => withLeaseRow((log) => log.renew(fence)),
    release: (fence, settled) => withLeaseRow((log) => log.release(fence, settled)),
    settle: (settled) => withLeaseRow((log) => log.settle(settled)),
    adopt: (storeId, fence) => withLeaseRow((log) => log.adopt(storeId, fence)),
    isSession: (session) => session instanceof MemoryTransaction,
    isAnswered: () => false,
    failed: (what, cause) =>
      new AuditStoreError(`The memory audit store '${namespace}' ${what}: ${messageOf(cause)}`, { cause }),
  };
}

function notOpened(namespace: string): never {
  throw new AuditStoreError(`The memory audit store '${namespace}' was written to before it was opened.`, {
    fix: ['await store.open() first'],
  });
}

async function* historyOf(entries: readonly AuditEntry[], query: HistoryQuery): AsyncGenerator<AuditEntry> {
  yield* copyOf(select(entries, query));
}

/** The entries that a query asks for, in its order. */
export function select(entries: readonly AuditEntry[], query: HistoryQuery): AuditEntry[] {
  const found = entries.filter((entry) => matchesQuery(entry, query));
  return (query.direction === 'newest-first' ? found.toReversed() : found).slice(0, query.limit);
}
