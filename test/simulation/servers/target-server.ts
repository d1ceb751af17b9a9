import { laterHead } from '../../../lib/core/kit/hash-chain.js';
import type { ChainHead } from '../../../lib/core/model/audit-entry.js';
import type { ChainIdentity } from '../../../lib/core/model/audit-store.js';
import type { KnownFence, Marker, TargetFence } from '../../../lib/core/model/target-system.js';
import type { Effect, EffectSource } from '../model/effect.js';
import { takeEffect } from '../model/judge-effect.js';
import type { Ledger } from '../model/ledger.js';
import type { Answer } from '../world/wire.js';
import type { World } from '../world/world.js';
import { attempt, type ServerTraits } from './audit-server.js';
import { ChainBook } from './chain-book.js';
import { type LockOwner, RowLock } from './row-lock.js';

/** Whose call it is: the chain that it is about, and what is known of the app. */
export interface ChainCaller {
  readonly owner: LockOwner;
  readonly chain: ChainIdentity;
  readonly ledger: Ledger;
}

/** Which markers go, and what their remover has seen of the audit. */
export interface MarkerRemoval {
  readonly changeIds: readonly string[];
  readonly token: number;
  readonly witness: ChainHead;
}

/** What a dump of the rows of one chain holds. */
export interface BookDump {
  readonly known: KnownFence;
  readonly markers: readonly Marker[];
}

/** The server of a target system: the bookkeeping of every chain that is at work there. What is in effect, the ledgers of the apps know. */
export class TargetServer {
  hasTables = false;
  readonly #books = new Map<string, ChainBook>();

  constructor(
    readonly world: World,
    readonly id: string,
    readonly traits: ServerTraits,
  ) {}

  /** The rows of one chain; none are there before the first of them is written. */
  book(chain: ChainIdentity): ChainBook {
    const key = `${chain.storeId} ${chain.namespace}`;
    const row = `fence row of ${chain.storeId.slice(0, 4)} in ${this.id}`;
    const book =
      this.#books.get(key) ?? new ChainBook(chain, new RowLock(this.world, row, this.traits.lockWaitMs));
    this.#books.set(key, book);
    return book;
  }

  fences(): KnownFence[] {
    return [...this.#books.values()].map(({ known }) => known).filter(({ token }) => token > 0);
  }

  forget({ storeId, namespace }: ChainIdentity): void {
    this.#books.delete(`${storeId} ${namespace}`);
  }

  /** An effect that is durable at once. */
  take(effect: Effect, source: EffectSource): void {
    takeEffect(source.ledger, effect, source);
  }

  admits({ fence }: ChainBook, token: number, ledger: Ledger): boolean {
    if (token >= fence.token) return true;
    ledger.saw('target refused a stale fence');
    return !this.traits.checksFence;
  }

  raiseFence(caller: ChainCaller, token: number, answer: Answer<TargetFence>): void {
    this.#alone(caller, answer, (book) => {
      if (!this.admits(book, token, caller.ledger)) return book.fence;
      book.setFence(token);
      this.#lookAround(caller, token);
      caller.ledger.fenced(fenceName(this, caller.chain), token);
      for (const transaction of book.unsealed) transaction.endSession();
      return { token, witness: book.fence.witness };
    });
  }

  remove(caller: ChainCaller, { changeIds, token, witness }: MarkerRemoval, answer: Answer<void>): void {
    this.#alone(caller, answer, (book) => {
      if (!this.admits(book, token, caller.ledger)) return;
      for (const id of changeIds) book.markers.delete(id);
      book.setFence(book.fence.token, laterHead(book.fence.witness, witness));
    });
  }

  /** The rows of one chain as they are at this moment. */
  dump(chain: ChainIdentity): BookDump {
    const { known, markers } = this.book(chain);
    return { known, markers: [...markers.values()] };
  }

  /** Puts a backup in the place of what is there of that chain. */
  load({ known, markers }: BookDump): void {
    this.forget(known);
    const book = this.book({ storeId: known.storeId, namespace: known.namespace });
    book.setFence(known.token, known.witness);
    for (const marker of markers) book.markers.set(marker.changeId, marker);
  }

  /** Notes what of other chains is there, which must make no difference. */
  #lookAround({ chain, ledger }: ChainCaller, token: number): void {
    const others = [...this.#books.values()].filter(({ known }) => known.storeId !== chain.storeId);
    if (others.some(({ fence }) => fence.token > token)) ledger.saw('a higher fence of another store');
    if (others.some(({ markers }) => markers.size > 0)) ledger.saw('markers of another store');
  }

  #alone<T>({ owner, chain }: ChainCaller, answer: Answer<T>, work: (book: ChainBook) => T): void {
    const me = { name: owner.name };
    if (!this.hasTables) return answer.fail(new Error(`${this.id} has no bookkeeping tables`));
    const book = this.book(chain);
    book.fenceRow.take(
      me,
      () => {
        attempt(answer, () => work(book));
        book.fenceRow.release(me);
      },
      (error) => answer.fail(error),
    );
  }
}

/** Under which name the model knows the fence of a chain. */
export function fenceName({ id }: Pick<TargetServer, 'id'>, { storeId }: ChainIdentity): string {
  return `${id} of ${storeId}`;
}
