import type { ChainIdentity } from '../../../lib/core/model/audit-store.js';
import type {
  AttemptScope,
  MarkerStore,
  TargetTransaction,
  TransactionalTargetSystem,
} from '../../../lib/core/model/target-system.js';
import { ServerTransaction } from '../servers/server-transaction.js';
import type { TargetServer } from '../servers/target-server.js';
import { SimulatedMarkerStore } from './simulated-marker-store.js';
import { SimulatedTransaction } from './simulated-transaction.js';
import type { Surroundings } from './simulated.audit-store.js';
import { ClientLife, SimulatedTargetSystem } from './simulated.target-system.js';

/** A target system with transactions. */
export class SimulatedTransactionalTargetSystem
  extends SimulatedTargetSystem
  implements TransactionalTargetSystem
{
  override readonly kind = 'simulated';

  constructor(
    around: Surroundings,
    server: TargetServer,
    readonly resource: unknown,
    readonly commitsImplicitly: boolean,
  ) {
    super(around, server);
  }

  override get transactional(): true {
    return true;
  }

  async transaction<T>(
    scope: AttemptScope,
    work: (transaction: TargetTransaction) => Promise<T>,
  ): Promise<T> {
    const transaction = await this.#begin(scope);
    const cut = (): void => transaction.session.breakOff();
    if (scope.ended?.aborted) cut();
    else scope.ended?.addEventListener('abort', cut, { once: true });
    let result: T;
    try {
      result = await work(transaction);
    } catch (error) {
      await transaction.rollBack();
      throw error;
    }
    await transaction.commit();
    return result;
  }

  markers(chain: ChainIdentity): MarkerStore {
    return new SimulatedMarkerStore(this.around, this.server, chain);
  }

  async #begin(scope: AttemptScope): Promise<SimulatedTransaction> {
    const { process, wire, ledger } = this.around;
    const life = new ClientLife();
    const session = await wire.call<ServerTransaction>(process, {
      name: () => `${this.id}.begin`,
      mayBeLate: false,
      serve: (answer) =>
        answer.ok(
          new ServerTransaction(
            this.server,
            process,
            { scope, ledger, live: life.isLive },
            this.commitsImplicitly,
          ),
        ),
    });
    return new SimulatedTransaction(this.around, this.server, session, this.lend(scope, session, life));
  }
}
