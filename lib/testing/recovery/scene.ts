import assert from 'node:assert/strict';
import { appendToChain } from '../../core/kit/hash-chain.js';
import type { AuditEntry, AuditState } from '../../core/model/audit-entry.js';
import type { ChainIdentity, Fence } from '../../core/model/audit-store.js';
import { isTransactional, strategyOf } from '../../core/model/strategy.js';
import type { Marker, TransactionalTargetSystem } from '../../core/model/target-system.js';
import { historyOf } from '../audit-store/audit-store.workbench.js';
import { draft } from '../audit-store/entry-samples.js';
import type { ConnectOptions, PairLocation, RecoveryPair } from './recovery.pair.js';
import { Replica } from './replica.js';
import { type ChangeParts, sampleChange, type SampleChange } from './sample-change.js';

const CODES: Readonly<Record<AuditState, string>> = {
  STARTED: 'S',
  APPLIED: 'A',
  FAILED: 'F',
  ROLLED_BACK: 'RB',
  ROLLBACK_FAILED: 'RBF',
  MANUAL_MARKED_AS_APPLIED: 'MA',
  MANUAL_MARKED_AS_ROLLED_BACK: 'MRB',
};

/** Entries as one text, oldest first: `S F RB S A`. Those of an undo begin with a small u: `S A uS uRB`. */
function rowText(entries: readonly AuditEntry[]): string {
  return entries.map(({ state, operation }) => `${operation === 'undo' ? 'u' : ''}${CODES[state]}`).join(' ');
}

/** What one scenario works with: a namespace of its own in the shared location, and its processes. */
export class Scene {
  readonly #replicas: Replica[] = [];

  private constructor(
    readonly pair: RecoveryPair,
    readonly location: PairLocation,
    readonly namespace: string,
  ) {}

  /** A scene with one process. */
  static async open(pair: RecoveryPair, location: PairLocation, namespace: string): Promise<Scene> {
    const scene = new Scene(pair, location, namespace);
    await scene.join();
    return scene;
  }

  /** The first process. */
  get app(): Replica {
    const [first] = this.#replicas;
    assert.ok(first);
    return first;
  }

  /** The target system of the first process, where it has transactions. */
  get transactional(): TransactionalTargetSystem {
    const { target } = this.app.pair;
    assert.ok(isTransactional(target));
    return target;
  }

  get shortLeaseMs(): number {
    return this.pair.shortLeaseMs ?? 900;
  }

  /** Makes another process, on connections of its own. */
  async join(options?: ConnectOptions): Promise<Replica> {
    const connected = await this.location.connect(options?.namespace ?? this.namespace, options);
    const replica = new Replica(connected, `host-${this.#replicas.length + 1}`);
    this.#replicas.push(replica);
    return replica;
  }

  async close(): Promise<void> {
    await Promise.all(this.#replicas.map(({ pair }) => pair.close()));
  }

  change(id: string, parts?: ChangeParts): SampleChange {
    return sampleChange(this.pair, this.app.pair.target.id, id, this.effectName(id), parts);
  }

  /** A change during which other processes can write: outside a transaction where a transaction would block them. */
  slowChange(id: string, parts?: ChangeParts): SampleChange {
    const outside = this.pair.concurrentWriters ? {} : { transactional: false };
    return this.change(id, { recovery: 'always-retry', ...outside, ...parts });
  }

  effectName(id: string): string {
    return `${this.namespace}.${id}`;
  }

  /** The ids of the changes whose effects are there. */
  async effects(): Promise<string[]> {
    const prefix = this.effectName('');
    // A copy: under jest, arrays made by Node's modules belong to another realm and are not deeply equal to ours.
    return [...(await this.location.effects())]
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length))
      .sort();
  }

  async entries(changeId?: string): Promise<AuditEntry[]> {
    return historyOf(this.app.pair.store, { changeId });
  }

  /** The rows of a change, oldest first, as `rowText` writes them. */
  async rows(changeId: string): Promise<string> {
    return rowText(await this.entries(changeId));
  }

  async markers(): Promise<readonly Marker[]> {
    return this.transactional.markers(await this.chain()).read();
  }

  /** The chain of the store. */
  async chain(): Promise<ChainIdentity> {
    const { store } = this.app.pair;
    const { storeId } = await store.summary();
    return { storeId: storeId ?? '', namespace: this.namespace };
  }

  /** The last entry of a change. */
  async last(changeId: string): Promise<AuditEntry> {
    const entry = (await this.entries(changeId)).at(-1);
    assert.ok(entry, `change '${changeId}' has no entry`);
    return entry;
  }

  /** Asserts rows, effects, an intact chain, a free lock and, when the target system has them, no markers left. */
  async assertRest(rows: Readonly<Record<string, string>>, effects: readonly string[]): Promise<void> {
    await this.assertRows(rows, effects);
    assert.equal((await this.app.pair.store.snapshot()).holder, null, 'the lock was left behind');
    if (isTransactional(this.app.pair.target))
      assert.deepEqual(await this.markers(), [], 'markers were left behind');
  }

  /** Asserts rows, effects and an intact chain. */
  async assertRows(rows: Readonly<Record<string, string>>, effects: readonly string[]): Promise<void> {
    const found: Record<string, string> = {};
    for (const id of Object.keys(rows)) found[id] = await this.rows(id);
    assert.deepEqual(found, rows);
    assert.deepEqual(await this.effects(), effects);
    assert.equal((await this.app.verifyAudit()).intact, true, 'the chain is broken');
  }

  /** Takes the free lease as another process does, and does nothing with it. */
  async hold({ pair: { store }, host }: Replica, leaseMs = 20_000): Promise<Fence> {
    await store.open();
    const holder = `run-of-${host}`;
    const taken = await store.acquire({ holder, host, leaseMs });
    assert.ok(taken, 'the lease was expected to be free');
    return { ...taken, namespace: this.namespace, holder, leaseMs };
  }

  /** Writes an entry as a process does that crashes right after it. Its lease has expired. */
  async leave(change: SampleChange, given: Partial<AuditEntry>): Promise<AuditEntry> {
    const { store, target } = this.app.pair;
    const fence = await this.hold(this.app);
    const { id: changeId, order, className, targetSystem, recovery } = change;
    const strategy = strategyOf(change, target, store);
    const facts = { changeId, order, className, targetSystem, recovery, strategy };
    const made = draft({ ...facts, executionId: fence.holder, host: 'host-that-died', ...given });
    const [entry] = appendToChain((await store.snapshot()).head, [made]);
    assert.ok(entry);
    await store.append([entry], fence);
    await store.release(fence);
    return entry;
  }
}
