import type { ChainIdentity } from '../../core/model/audit-store.js';
import type {
  AttemptScope,
  MarkerStore,
  PreviewableTargetSystem,
  TargetTransaction,
  TransactionalTargetSystem,
} from '../../core/model/target-system.js';
import { MemoryMarkerStore } from './memory-marker-store.js';
import { MemoryTransaction } from './memory-transaction.js';
import { TableTargetSystem } from './table.target-system.js';

/**
 * A transactional target system in memory: one table, named like the target system.
 *
 * For trying things out and for tests. A transaction reads the table as it was when it began. Where two transactions write
 * one key, the later commit wins. Shares its transactions with a `MemoryAuditStore` on the same database.
 */
export class MemoryTargetSystem
  extends TableTargetSystem
  implements TransactionalTargetSystem, PreviewableTargetSystem
{
  readonly kind = 'memory';
  readonly transactional = true;
  readonly commitsImplicitly = false;

  get resource(): unknown {
    return this.database;
  }

  async transaction<T>(
    scope: AttemptScope,
    work: (transaction: TargetTransaction) => Promise<T>,
  ): Promise<T> {
    const transaction = new MemoryTransaction(this.database, scope, this.id);
    try {
      const result = await work(transaction);
      transaction.commit();
      return result;
    } finally {
      transaction.end();
    }
  }

  markers(chain: ChainIdentity): MarkerStore {
    return new MemoryMarkerStore(this.database, chain);
  }
}

/** A target system in memory without transactions, like a broker or an API: what a change sets is there at once. */
export class PlainMemoryTargetSystem extends TableTargetSystem implements PreviewableTargetSystem {
  readonly kind = 'memory (plain)';
  readonly transactional = false;
}
