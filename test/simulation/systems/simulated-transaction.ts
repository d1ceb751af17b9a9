import type { ChainHead } from '../../../lib/core/model/audit-entry.js';
import type { Clients, Marker, TargetTransaction } from '../../../lib/core/model/target-system.js';
import type { ServerTransaction } from '../servers/server-transaction.js';
import type { TargetServer } from '../servers/target-server.js';
import type { Answer } from '../world/wire.js';
import type { Surroundings } from './simulated.audit-store.js';
import type { Lent } from './simulated.target-system.js';

/** An open transaction as its client sees it. */
export class SimulatedTransaction implements TargetTransaction {
  constructor(
    private readonly around: Surroundings,
    private readonly server: TargetServer,
    readonly session: ServerTransaction,
    private readonly lent: Lent,
  ) {}

  get clients(): Clients {
    return this.lent.clients;
  }

  seal(): Promise<{ readonly brokenOpen: boolean }> {
    this.lent.close();
    return this.#call('seal', (answer) => answer.ok(this.session.seal()));
  }

  raiseFence(token: number, witness: ChainHead): Promise<boolean> {
    return this.#call('raiseFence', (answer) => this.session.raiseFence(token, witness, answer));
  }

  writeMarker(marker: Marker): Promise<void> {
    return this.#call('writeMarker', (answer) => answer.ok(this.session.writeMarker(marker)));
  }

  removeMarkers(changeIds: readonly string[]): Promise<void> {
    return this.#call('removeMarkers', (answer) => answer.ok(this.session.removeMarkers(changeIds)));
  }

  async commit(): Promise<void> {
    this.lent.close();
    const { process, wire, ledger } = this.around;
    await wire.call<void>(process, {
      name: () => `${this.server.id}.commit`,
      connection: this.session,
      mayBeLate: true,
      refusal: () => {
        this.session.rollBack();
        return new Error('could not serialize access');
      },
      onFate: (fate) => ledger.saw(`commit ${fate}`),
      serve: (answer) => answer.ok(this.session.commit()),
    });
  }

  /** What fails here is for the server to notice. */
  async rollBack(): Promise<void> {
    this.lent.close();
    await this.#call<void>('rollback', (answer) => answer.ok(this.session.rollBack())).catch(() => undefined);
  }

  #call<T>(what: string, serve: (answer: Answer<T>) => void): Promise<T> {
    return this.around.wire.call<T>(this.around.process, {
      name: () => `${this.server.id}.${what}`,
      connection: this.session,
      serve,
    });
  }
}
