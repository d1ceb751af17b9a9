import type { AttemptScope, Clients, TargetSystem } from '../../../lib/core/model/target-system.js';
import type { ServerTransaction } from '../servers/server-transaction.js';
import type { TargetServer } from '../servers/target-server.js';
import { SimulatedClient } from './simulated-client.js';
import type { Surroundings } from './simulated.audit-store.js';

/** A target system without transactions: what a client does is in effect at once. */
export class SimulatedTargetSystem implements TargetSystem {
  readonly kind: string = 'simulated (plain)';

  constructor(
    protected readonly around: Surroundings,
    protected readonly server: TargetServer,
  ) {}

  get id(): string {
    return this.server.id;
  }

  get transactional(): boolean {
    return false;
  }

  clients(): Clients {
    return [{ token: SimulatedClient, instance: undefined }];
  }

  async connect<T>(scope: AttemptScope, work: (clients: Clients) => Promise<T>): Promise<T> {
    const lent = this.lend(scope);
    try {
      return await work(lent.clients);
    } finally {
      lent.close();
    }
  }

  /** Clients that live until `close`. */
  protected lend(scope: AttemptScope, transaction?: ServerTransaction, life = new ClientLife()): Lent {
    const gate = this.around.engine.clientGate(scope, this.id);
    const location = { ...this.around, server: this.server, scope, gate, live: life.isLive, transaction };
    const instance = new SimulatedClient(location);
    return {
      clients: [{ token: SimulatedClient, instance }],
      close: () => {
        life.end();
        gate.close();
      },
    };
  }
}

/** Clients with their end. */
export interface Lent {
  readonly clients: Clients;
  readonly close: () => void;
}

/** Whether the clients of an attempt still live. */
export class ClientLife {
  #live = true;

  readonly isLive = (): boolean => this.#live;

  end(): void {
    this.#live = false;
  }
}
