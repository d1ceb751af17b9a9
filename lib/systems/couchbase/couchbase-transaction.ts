import type { ChainHead } from '../../core/audit-entry.js';
import { clientGate, type ClientGate } from '../../core/client-gate.js';
import type { Clients, Marker, TargetTransaction } from '../../core/target-system.js';
import { clientsOf, contextClient } from './attempt-clients.js';
import type { AttemptParts } from './attempt-parts.js';
import {
  type Bookkeeping,
  changedMarkers,
  demandBookkeeping,
  type SeenBookkeeping,
  writeBookkeeping,
} from './bookkeeping.js';
import { guardedCluster } from './guarded-cluster.js';
import { invokeMethod } from './invoke-method.js';
import { OutsideCalls } from './outside-calls.js';
import type { TransactionAttempt } from './transaction-runner.js';

/**
 * One attempt of a transaction. What Flamingock itself writes goes into one document and is written last: it fails when
 * somebody has raised the fence since it was read.
 */
export class CouchbaseTransaction implements TargetTransaction {
  readonly clients: Clients;
  readonly session = undefined;
  readonly #gate: ClientGate;
  readonly #outside: OutsideCalls;
  readonly #written = new Map<string, Marker>();
  readonly #removed = new Set<string>();
  #seen: Promise<SeenBookkeeping> | undefined;
  #raised: Pick<Bookkeeping, 'token' | 'witness'> | undefined;

  constructor(
    private readonly parts: AttemptParts,
    private readonly attempt: TransactionAttempt,
  ) {
    this.#gate = clientGate(parts.scope, parts.targetId);
    this.#outside = new OutsideCalls(parts, this.#gate);
    const context = contextClient((method, args) =>
      this.#gate.perform(`TransactionAttemptContext.${method}`, () => invokeMethod(attempt, method, args)),
    );
    this.clients = clientsOf(context, guardedCluster(parts.cluster, this.#outside.pass));
  }

  async seal(): Promise<{ readonly brokenOpen: boolean }> {
    await this.end();
    this.#outside.check();
    return { brokenOpen: false };
  }

  async raiseFence(token: number, witness: ChainHead): Promise<boolean> {
    const { content } = await this.#read();
    if (content.token > token) return false;
    this.#raised = { token, witness: { seq: witness.seq, hash: witness.hash } };
    return true;
  }

  async writeMarker(marker: Marker): Promise<void> {
    this.#written.set(marker.changeId, marker);
  }

  async removeMarkers(changeIds: readonly string[]): Promise<void> {
    for (const changeId of changeIds) this.#removed.add(changeId);
  }

  /** Refuses every call of a client from here on, and waits for those under way. */
  async end(): Promise<void> {
    this.#gate.close();
    await this.#gate.settled();
  }

  /**
   * The last step before the commit.
   *
   * @param commit - how this transaction is known again
   * @returns how often the fence had been raised when it was looked at
   */
  async finish(commit: string): Promise<number> {
    await this.seal();
    const seen = await this.#read();
    const { content } = seen;
    const markers = changedMarkers(content.markers, this.#removed, this.#written);
    await writeBookkeeping(this.attempt, seen, { ...content, ...this.#raised, commit, markers });
    return content.raised;
  }

  #read(): Promise<SeenBookkeeping> {
    return (this.#seen ??= demandBookkeeping(this.attempt, this.parts.place));
  }
}
