import type { ChainHead } from '../../../lib/core/model/audit-entry.js';
import type { Marker } from '../../../lib/core/model/target-system.js';
import type { Effect, EffectSource } from '../model/effect.js';
import { judgeCommit } from '../model/judge-effect.js';
import type { SimulatedProcess } from '../world/simulated-process.js';
import type { Answer, Connection } from '../world/wire.js';
import { attempt } from './audit-server.js';
import type { ChainBook } from './chain-book.js';
import type { RowLock } from './row-lock.js';
import { fenceName, type TargetServer } from './target-server.js';

/** A transaction as the server sees it. */
export class ServerTransaction implements Connection {
  inFlight = 0;
  lastArrival = 0;
  broken = false;
  state: 'open' | 'committed' | 'rolled back' = 'open';
  /** A statement committed on its own; from there every statement does, until `seal`. */
  brokenOpen = false;
  token: number | undefined;
  readonly name: string;
  #standsAlone = false;
  readonly #effects: Effect[] = [];
  readonly #steps: (() => void)[] = [];
  readonly #locks = new Set<RowLock>();
  readonly #openMarker: Marker;
  readonly #book: ChainBook;

  constructor(
    private readonly server: TargetServer,
    readonly owner: SimulatedProcess,
    readonly source: EffectSource,
    readonly commitsImplicitly: boolean,
  ) {
    const { changeId, attempt: number, executionId } = source.scope;
    this.#book = server.book(source.scope);
    this.name = `transaction of ${changeId} attempt ${number} by ${executionId}`;
    this.#openMarker = { changeId, attempt: number, fence: 0, kind: 'open' };
    if (commitsImplicitly) {
      this.atCommit(() => this.#book.markers.set(changeId, this.#openMarker));
      this.#book.unsealed.add(this);
    }
    owner.holdings.add(this);
  }

  /** @throws when the transaction has ended */
  write(effect: Effect, isDefinition: boolean): void {
    this.#assertOpen();
    if (isDefinition) this.#commitImplicitly();
    if (this.#standsAlone) this.server.take(effect, this.source);
    else this.#effects.push(effect);
    if (isDefinition) this.source.ledger.saw('transaction broken open');
  }

  /** Which parts of the change this transaction sees. */
  seen(changeId: string): ReadonlySet<number> {
    this.#assertOpen();
    const parts = new Set(this.source.ledger.parts.get(changeId));
    for (const { kind, part } of this.#effects)
      if (kind === 'write') parts.add(part);
      else parts.delete(part);
    return parts;
  }

  seal(): { readonly brokenOpen: boolean } {
    this.#assertOpen();
    this.#standsAlone = false;
    const { changeId } = this.source.scope;
    if (this.commitsImplicitly) this.atCommit(() => this.#book.markers.delete(changeId));
    this.#book.unsealed.delete(this);
    return { brokenOpen: this.brokenOpen };
  }

  raiseFence(token: number, witness: ChainHead, answer: Answer<boolean>): void {
    const { ledger, scope } = this.source;
    this.lock(this.#book.fenceRow, answer, () => {
      if (!this.server.admits(this.#book, token, ledger)) return false;
      this.token = token;
      this.atCommit(() => {
        this.#book.setFence(token, witness);
        ledger.fenced(fenceName(this.server, scope), token);
      });
      return true;
    });
  }

  writeMarker(marker: Marker): void {
    this.atCommit(() => this.#book.markers.set(marker.changeId, marker));
  }

  removeMarkers(changeIds: readonly string[]): void {
    this.atCommit(() => {
      for (const id of changeIds) this.#book.markers.delete(id);
    });
  }

  /** Does `work` with the row, which stays locked until the transaction ends. */
  lock<T>(row: RowLock, answer: Answer<T>, work: () => T): void {
    row.take(
      this,
      () => {
        this.#locks.add(row);
        attempt(answer, () => {
          this.#assertOpen();
          return work();
        });
        if (this.state !== 'open') this.#unlock();
      },
      (error) => answer.fail(error),
    );
  }

  atCommit(step: () => void): void {
    this.#steps.push(step);
  }

  /** @throws when the transaction has ended */
  commit(): void {
    this.#assertOpen();
    this.#end('committed');
    for (const effect of this.#effects) this.server.take(effect, this.source);
    for (const step of this.#steps) step();
    if (this.brokenOpen) return;
    const { source, token } = this;
    const fence = fenceName(this.server, source.scope);
    judgeCommit(source.ledger, { fence, source, token, effects: this.#effects });
  }

  rollBack(): void {
    if (this.state === 'open') this.#end('rolled back');
  }

  /** What a new holder does to a former one where no fence stops a statement that commits by itself. */
  endSession(): void {
    this.source.ledger.saw('a former session ended by the next holder');
    this.rollBack();
  }

  /** The client is gone: the server rolls back when it notices, and after what is still on its way has arrived. */
  breakOff(): void {
    if (this.broken || this.state !== 'open') return;
    this.broken = true;
    const { world } = this.server;
    const notice = (): void => {
      if (this.state !== 'open') return;
      if (this.inFlight > 0) this.#later(notice);
      else this.rollBack();
    };
    world.note(() => `the connection of the ${this.name} is broken`);
    this.#later(notice);
  }

  #later(notice: () => void): void {
    const { random } = this.server.world;
    const delay = random.chance(0.2) ? random.between(500, 5_000) : random.between(1, 100);
    this.server.world.schedule(delay, () => `server ends the ${this.name}, if it is still open`, notice);
  }

  #commitImplicitly(): void {
    this.brokenOpen = true;
    this.#standsAlone = true;
    for (const effect of this.#effects.splice(0)) this.server.take(effect, this.source);
    for (const step of this.#steps.splice(0)) step();
    this.#book.unsealed.delete(this);
    this.#unlock();
  }

  #assertOpen(): void {
    if (this.state !== 'open') throw new Error(`the ${this.name} is ${this.state}`);
  }

  #end(state: 'committed' | 'rolled back'): void {
    this.state = state;
    this.owner.holdings.delete(this);
    this.#book.unsealed.delete(this);
    this.#unlock();
  }

  #unlock(): void {
    for (const row of this.#locks) row.release(this);
    this.#locks.clear();
  }
}
