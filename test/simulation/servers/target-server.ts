import type { Marker } from '../../../lib/core/target-system.js';
import { takeEffect } from '../model/judge-effect.js';
import type { Ledger } from '../model/ledger.js';
import type { Effect, EffectSource } from '../model/effect.js';
import type { Answer } from '../world/wire.js';
import type { World } from '../world/world.js';
import { attempt, type ServerTraits } from './audit-server.js';
import { RowLock, type LockOwner } from './row-lock.js';
import type { ServerTransaction } from './server-transaction.js';

/** The server of a target system: what is in effect there, and the bookkeeping of one namespace. */
export class TargetServer {
  readonly markers = new Map<string, Marker>();
  readonly fenceRow: RowLock;
  /** Transactions that a statement may still break open: their open marker can be seen before it is committed. */
  readonly unsealed = new Set<ServerTransaction>();
  fence = 0;
  hasTables = false;

  constructor(
    readonly world: World,
    readonly ledger: Ledger,
    readonly id: string,
    readonly traits: ServerTraits,
  ) {
    this.fenceRow = new RowLock(world, `fence row of ${id}`, traits.lockWaitMs);
  }

  /** An effect that is durable at once. */
  take(effect: Effect, source: EffectSource): void {
    takeEffect(this.ledger, effect, source);
  }

  admits(token: number): boolean {
    if (token >= this.fence) return true;
    this.ledger.saw('target refused a stale fence');
    return !this.traits.checksFence;
  }

  setFence(token: number): void {
    this.fence = Math.max(this.fence, token);
    this.ledger.fenced(this.id, token);
  }

  raiseFence(owner: LockOwner, token: number, answer: Answer<boolean>): void {
    this.#alone(owner, answer, () => {
      if (!this.admits(token)) return false;
      this.setFence(token);
      for (const transaction of this.unsealed) transaction.endSession();
      return true;
    });
  }

  remove(owner: LockOwner, changeIds: readonly string[], token: number, answer: Answer<void>): void {
    this.#alone(owner, answer, () => {
      if (!this.admits(token)) return;
      for (const id of changeIds) this.markers.delete(id);
    });
  }

  #alone<T>(owner: LockOwner, answer: Answer<T>, work: () => T): void {
    const me = { name: owner.name };
    if (!this.hasTables) return answer.fail(new Error(`${this.id} has no bookkeeping tables`));
    this.fenceRow.take(
      me,
      () => {
        attempt(answer, work);
        this.fenceRow.release(me);
      },
      (error) => answer.fail(error),
    );
  }
}
