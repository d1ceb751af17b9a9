import type { AuditEntry } from '../../../lib/core/audit-entry.js';
import type { AuditSnapshot, AuditStore, Fence, LeaseRequest } from '../../../lib/core/audit-store.js';
import { LeaseWatch } from '../../../lib/core/lease-watch.js';
import type { Ledger } from '../model/ledger.js';
import type { AuditServer, LeaseRecord } from '../servers/audit-server.js';
import { ServerTransaction } from '../servers/server-transaction.js';
import type { SimulatedProcess } from '../world/simulated-process.js';
import type { Fate } from '../world/weather.js';
import type { Answer, Call, Wire } from '../world/wire.js';
import type { Engine } from '../engine.js';

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

  async snapshot(): Promise<AuditSnapshot> {
    const asked = this.#watch.now();
    const [snapshot, lease] = await this.#look();
    if (!this.server.judgedByWatching) return snapshot;
    const state = this.#watch.judge(lease, asked);
    if (!lease.holder || state === 'free') return { ...snapshot, holder: null };
    this.around.ledger.saw(`lease seen as ${state}`);
    return { ...snapshot, holder: state === 'unknown' ? { ...lease.holder, mayBeDead: true } : lease.holder };
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

  async *history(): AsyncIterable<AuditEntry> {
    yield* this.server.entries;
  }

  async acquire(request: LeaseRequest): Promise<number | null> {
    if (!this.server.judgedByWatching) return this.#take(request);
    const asked = this.#watch.now();
    const [, lease] = await this.#look();
    return this.#watch.judge(lease, asked) === 'free' ? this.#take(request, lease.nonce) : null;
  }

  renew(fence: Fence): Promise<boolean> {
    return this.#call('store.renew', (answer) => this.server.renew(this.around.process, fence, answer));
  }

  release(fence: Fence): Promise<void> {
    return this.#call('store.release', (answer) => this.server.release(this.around.process, fence, answer));
  }

  /** A refusal allows a plain change to be put back although nothing says that it failed. */
  #noteFate(fate: Fate, entries: readonly AuditEntry[], ledger: Ledger): void {
    if (fate !== 'answered') ledger.saw(`append ${fate}`);
    if (fate === 'refused') for (const entry of entries) ledger.facts.of(entry).refused = true;
  }

  #look(): Promise<readonly [AuditSnapshot, LeaseRecord]> {
    return this.#call('store.snapshot', (answer) => answer.ok([this.server.snapshot(), this.server.lease]));
  }

  #take(request: LeaseRequest, unchanged?: string): Promise<number | null> {
    const { process } = this.around;
    return this.#call('store.acquire', (answer) => this.server.acquire(process, request, answer, unchanged));
  }

  #call<T>(name: string, serve: (answer: Answer<T>) => void): Promise<T> {
    const call: Call<T> = { name: () => name, serve };
    return this.around.wire.call(this.around.process, call);
  }
}
