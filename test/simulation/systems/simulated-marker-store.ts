import type { Marker, MarkerStore } from '../../../lib/core/target-system.js';
import type { TargetServer } from '../servers/target-server.js';
import type { Answer } from '../world/wire.js';
import type { Surroundings } from './simulated.audit-store.js';

/** The bookkeeping of a target system, reached over the network. */
export class SimulatedMarkerStore implements MarkerStore {
  constructor(
    private readonly around: Surroundings,
    private readonly server: TargetServer,
  ) {}

  open(): Promise<void> {
    return this.#call('open', (answer) => {
      this.server.hasTables = true;
      answer.ok();
    });
  }

  raiseFence(token: number): Promise<boolean> {
    return this.#call(`raiseFence(${token})`, (answer) =>
      this.server.raiseFence(this.around.process, token, answer),
    );
  }

  read(): Promise<readonly Marker[]> {
    return this.#call('read', (answer) => answer.ok([...this.server.markers.values()]));
  }

  remove(changeIds: readonly string[], token: number): Promise<void> {
    return this.#call('remove', (answer) =>
      this.server.remove(this.around.process, changeIds, token, answer),
    );
  }

  #call<T>(what: string, serve: (answer: Answer<T>) => void): Promise<T> {
    const { process, wire } = this.around;
    return wire.call<T>(process, { name: () => `${this.server.id}.markers.${what}`, serve });
  }
}
