import type { ChainHead } from '../../../lib/core/model/audit-entry.js';
import type { ChainIdentity } from '../../../lib/core/model/audit-store.js';
import type { KnownFence, Marker, MarkerStore, TargetFence } from '../../../lib/core/model/target-system.js';
import type { ChainCaller, TargetServer } from '../servers/target-server.js';
import type { Answer } from '../world/wire.js';
import type { Surroundings } from './simulated.audit-store.js';

/** The bookkeeping of a target system, reached over the network. */
export class SimulatedMarkerStore implements MarkerStore {
  constructor(
    private readonly around: Surroundings,
    private readonly server: TargetServer,
    private readonly chain: ChainIdentity,
  ) {}

  open(): Promise<void> {
    return this.#call('open', (answer) => {
      this.server.hasTables = true;
      answer.ok();
    });
  }

  raiseFence(token: number): Promise<TargetFence> {
    return this.#call(`raiseFence(${token})`, (answer) =>
      this.server.raiseFence(this.#caller, token, answer),
    );
  }

  read(): Promise<readonly Marker[]> {
    return this.#call('read', (answer) => answer.ok([...this.server.book(this.chain).markers.values()]));
  }

  remove(changeIds: readonly string[], token: number, witness: ChainHead): Promise<void> {
    return this.#call('remove', (answer) =>
      this.server.remove(this.#caller, { changeIds, token, witness }, answer),
    );
  }

  fences(): Promise<readonly KnownFence[]> {
    return this.#call('fences', (answer) => answer.ok(this.server.fences()));
  }

  forget(): Promise<void> {
    return this.#call('forget', (answer) => answer.ok(this.server.forget(this.chain)));
  }

  get #caller(): ChainCaller {
    const { process: owner, ledger } = this.around;
    return { owner, chain: this.chain, ledger };
  }

  #call<T>(what: string, serve: (answer: Answer<T>) => void): Promise<T> {
    const { process, wire } = this.around;
    return wire.call<T>(process, { name: () => `${this.server.id}.markers.${what}`, serve });
  }
}
