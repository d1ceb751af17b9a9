import { LeaseWatch, type WatchedLease } from '../../../lib/core/kit/watched-lease.js';
import type { AuditEntry } from '../../../lib/core/model/audit-entry.js';
import type {
  Acquisition,
  AuditSnapshot,
  AuditStore,
  AuditSummary,
  Fence,
  HistoryQuery,
  LeaseRequest,
  Settled,
} from '../../../lib/core/model/audit-store.js';
import { select } from '../../../lib/systems/memory/memory.audit-store.js';
import type { Engine } from '../engine.js';
import type { Ledger } from '../model/ledger.js';
import type { AuditServer } from '../servers/audit-server.js';
import { ServerTransaction } from '../servers/server-transaction.js';
import type { Fate } from '../world/fault-profile.js';
import type { SimulatedProcess } from '../world/simulated-process.js';
import type { Answer, Call, Wire } from '../world/wire.js';

/** What a process of the simulation needs to reach the servers. */
export interface Surroundings {
  readonly process: SimulatedProcess;
  readonly wire: Wire;
  readonly ledger: Ledger;
  readonly engine: Engine;
}

/** The audit store of one process: every method is a call over the network. */
export class SimulatedAuditStore implements AuditStore {
  readonly name = 'simulated';
  readonly namespace = 'default';
  readonly #watch: LeaseWatch;

  constructor(
    private readonly around: Surroundings,
    private readonly server: AuditServer,
  ) {
    this.#watch = new LeaseWatch(() => around.process.clock.monotonic());
  }

  get resource(): unknown {
    return this.server;
  }

  open(): Promise<void> {
    return this.#call('store.open', (answer) => answer.ok(this.server.open()));
  }

  summary(): Promise<AuditSummary> {
    return this.#look('summary', () => {
      this.around.ledger.summarised(this.around.process.name);
      return this.server.summary();
    });
  }

  snapshot(): Promise<AuditSnapshot> {
    this.around.ledger.readInFull.add(this.around.process.name);
    return this.#look('snapshot', () => this.server.snapshot());
  }

  append(entries: readonly AuditEntry[], fence: Fence, session?: unknown): Promise<void> {
    const within = session instanceof ServerTransaction ? session : undefined;
    const { process, wire, ledger, engine } = this.around;
    const what = entries.map(({ state, changeId }) => `${state} ${changeId}`).join(', ');
    return wire.call<void>(process, {
      name: () => `store.append${within ? ' in transaction' : ''} [${what}]`,
      connection: within,
      refusal: () => new engine.errors.AppendRefusedError('the disk is full'),
      onFate: (fate) => this.#noteFate(fate, entries, ledger),
      serve: (answer) =>
        within
          ? this.server.appendWithin(within, entries, fence, answer)
          : this.server.append(process, entries, fence, answer),
    });
  }

  async *history(query: HistoryQuery = {}): AsyncIterable<AuditEntry> {
    yield* await this.#call<readonly AuditEntry[]>('store.history', (answer) =>
      answer.ok(select(this.server.entries, query)),
    );
  }

  async acquire(request: LeaseRequest): Promise<Acquisition | null> {
    if (!this.server.judgedByWatching) return this.#take(request);
    const asked = this.#watch.now();
    const [, lease] = await this.#read('snapshot', () => this.server.snapshot());
    return this.#watch.judge(lease, asked) === 'free' ? this.#take(request, lease.nonce) : null;
  }

  renew(fence: Fence): Promise<boolean> {
    return this.#call('store.renew', (answer) => this.server.renew(this.around.process, fence, answer));
  }

  release(fence: Fence, settled?: Settled): Promise<void> {
    return this.#call('store.release', (answer) =>
      this.server.release(this.around.process, fence, settled, answer),
    );
  }

  settle(settled: Settled): Promise<void> {
    return this.#call('store.settle', (answer) => this.server.settle(this.around.process, settled, answer));
  }

  adopt(storeId: string, fence: Fence): Promise<void> {
    return this.#call('store.adopt', (answer) =>
      this.server.adopt(this.around.process, storeId, fence, answer),
    );
  }

  /** A refusal allows a plain change to be put back although nothing says that it failed. */
  #noteFate(fate: Fate, entries: readonly AuditEntry[], ledger: Ledger): void {
    if (fate !== 'answered') ledger.saw(`append ${fate}`);
    if (fate === 'refused') for (const entry of entries) ledger.facts.of(entry).refused = true;
  }

  async #look<T extends AuditSummary>(what: string, read: () => T): Promise<T> {
    const asked = this.#watch.now();
    const [seen, lease] = await this.#read(what, read);
    if (!this.server.judgedByWatching) return seen;
    const holder = this.#watch.holderOf(lease, asked);
    if (holder) this.around.ledger.saw(`lease seen as ${holder.liveness === 'alive' ? 'held' : 'unknown'}`);
    return { ...seen, holder };
  }

  #read<T>(what: string, read: () => T): Promise<readonly [T, WatchedLease]> {
    return this.#call(`store.${what}`, (answer) => answer.ok([read(), this.server.lease]));
  }

  #take(request: LeaseRequest, unchanged?: string): Promise<Acquisition | null> {
    const { process } = this.around;
    return this.#call('store.acquire', (answer) => this.server.acquire(process, request, answer, unchanged));
  }

  #call<T>(name: string, serve: (answer: Answer<T>) => void): Promise<T> {
    const call: Call<T> = { name: () => name, serve };
    return this.around.wire.call(this.around.process, call);
  }
}
