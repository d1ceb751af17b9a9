import type { ClientGate } from '../../../lib/core/kit/attempt-gate.js';
import type { AttemptScope } from '../../../lib/core/model/target-system.js';
import type { Effect } from '../model/effect.js';
import { judgeCall, judgeLook } from '../model/judge-call.js';
import type { ServerTransaction } from '../servers/server-transaction.js';
import type { TargetServer } from '../servers/target-server.js';
import type { Answer } from '../world/wire.js';
import type { Surroundings } from './simulated.audit-store.js';

/** Where the calls of a client go. */
export interface ClientLocation extends Surroundings {
  readonly server: TargetServer;
  readonly scope: AttemptScope;
  readonly gate: ClientGate;
  /** Whether the gate still lets calls pass. */
  readonly live: () => boolean;
  readonly transaction?: ServerTransaction;
}

/** The client that a change of the simulation works with. */
export class SimulatedClient {
  constructor(private readonly location: ClientLocation) {}

  /** False once the attempt is over. */
  get isLive(): boolean {
    return this.location.live();
  }

  /** Brings a part of a change into effect, or takes it back. */
  async act(effect: Effect, isDefinition: boolean): Promise<void> {
    const { ledger, scope, server, transaction, live } = this.location;
    const what = `${effect.kind} ${effect.changeId} part ${effect.part}`;
    this.#pass(what);
    judgeCall(ledger, effect, scope);
    await this.#call<void>(what, (answer) => {
      if (transaction) transaction.write(effect, isDefinition);
      else server.take(effect, { scope, ledger, live });
      answer.ok();
    });
  }

  /** How many parts of the change are in effect. */
  async count(changeId: string): Promise<number> {
    const { ledger, scope, transaction } = this.location;
    this.#pass(`count ${changeId}`);
    judgeLook(ledger, scope);
    return this.#call(`count ${changeId}`, (answer) =>
      answer.ok(transaction ? transaction.seen(changeId).size : ledger.present(changeId)),
    );
  }

  #pass(what: string): void {
    try {
      this.location.gate.pass(what);
    } catch (error) {
      this.location.ledger.saw(
        this.location.live() ? 'guard refused a call' : 'a dead client refused a call',
      );
      throw error;
    }
  }

  #call<T>(what: string, serve: (answer: Answer<T>) => void): Promise<T> {
    const { process, wire, server, transaction } = this.location;
    return wire.call<T>(process, {
      name: () => `${server.id}.${what}`,
      connection: transaction,
      serve,
    });
  }
}
