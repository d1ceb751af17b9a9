import type { ChainHead } from '../../../lib/core/model/audit-entry.js';
import type { ChainIdentity } from '../../../lib/core/model/audit-store.js';
import type { KnownFence, Marker, TargetFence } from '../../../lib/core/model/target-system.js';
import type { RowLock } from './row-lock.js';
import type { ServerTransaction } from './server-transaction.js';

/** The fence row and the markers of one chain on the server of a target system. */
export class ChainBook {
  readonly markers = new Map<string, Marker>();
  /** Transactions that a statement may still break open: their open marker can be seen before it is committed. */
  readonly unsealed = new Set<ServerTransaction>();
  fence: TargetFence = { token: 0, witness: null };

  constructor(
    readonly chain: ChainIdentity,
    readonly fenceRow: RowLock,
  ) {}

  get known(): KnownFence {
    const { storeId, namespace } = this.chain;
    return { storeId, namespace, ...this.fence };
  }

  /** The witness stays when there is no new one. */
  setFence(token: number, witness: ChainHead | null = this.fence.witness): void {
    this.fence = { token: Math.max(this.fence.token, token), witness };
  }
}
