import type { Marker } from '../../core/target-system.js';

/** The fence row and the markers of one namespace. Every method is one atomic step. */
export class MarkerBook {
  readonly #markers = new Map<string, Marker>();
  #fence = 0;

  read(): Marker[] {
    return [...this.#markers.values()];
  }

  /** Whether a holder of `token` may write here: no newer one was. */
  admits(token: number): boolean {
    return token >= this.#fence;
  }

  raiseFence(token: number): void {
    this.#fence = Math.max(this.#fence, token);
  }

  write(marker: Marker): void {
    this.#markers.set(marker.changeId, { ...marker });
  }

  remove(changeIds: readonly string[]): void {
    for (const changeId of changeIds) this.#markers.delete(changeId);
  }
}
