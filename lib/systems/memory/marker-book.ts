import type { ChainHead } from '../../core/model/audit-entry.js';
import type { Marker, TargetFence } from '../../core/model/target-system.js';

/** The fence row and the markers of one chain. Every method is one atomic step. */
export class MarkerBook {
  readonly #markers = new Map<string, Marker>();
  #fence: TargetFence = { token: 0, witness: null };

  get fence(): TargetFence {
    return this.#fence;
  }

  read(): Marker[] {
    return [...this.#markers.values()];
  }

  /** Whether a holder of `token` may write here: no holder of a newer one has. */
  admits(token: number): boolean {
    return token >= this.#fence.token;
  }

  /** Without a new witness, the old one stays. */
  raiseFence(token: number, witness: ChainHead | null = this.#fence.witness): void {
    this.#fence = { token: Math.max(this.#fence.token, token), witness };
  }

  write(marker: Marker): void {
    this.#markers.set(marker.changeId, { ...marker });
  }

  remove(changeIds: readonly string[]): void {
    for (const changeId of changeIds) this.#markers.delete(changeId);
  }
}
