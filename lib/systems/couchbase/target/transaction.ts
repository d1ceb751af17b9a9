import { randomUUID } from 'node:crypto';
import { clientGate, type ClientGate } from '../../../core/kit/attempt-gate.js';
import type { ChainHead } from '../../../core/model/audit-entry.js';
import { OutsideRefusals } from '../../../core/kit/outside-refusals.js';
import { TargetSystemError } from '../../../core/model/errors.js';
import type { Clients, Marker, TargetTransaction } from '../../../core/model/target-system.js';
import { messageOf } from '../../../core/kit/text.js';
import { runOnce, type TransactionAttempt } from '../connection/transaction-runner.js';
import { type AttemptParts, clientsOf, contextClient } from '../guard/attempt-clients.js';
import { guardedCluster, invokeMethod } from '../guard/guarded-cluster.js';
import { OUTSIDE, outsidePassage } from '../guard/outside-calls.js';
import {
  type MarkerDocument,
  changedMarkers,
  requireMarkerDocument,
  type SeenMarkerDocument,
  writeMarkerDocument,
} from './marker-documents.js';

/**
 * One call of the logic of a transaction. What Flamingock itself writes goes into one document, which is written last: that write fails
 * when somebody has raised the fence since the document was read.
 */
class CouchbaseTransaction implements TargetTransaction {
  readonly clients: Clients;
  readonly session = undefined;
  readonly #gate: ClientGate;
  readonly #outside: OutsideRefusals;
  readonly #written = new Map<string, Marker>();
  readonly #removed = new Set<string>();
  #seen: Promise<SeenMarkerDocument> | undefined;
  #raised: Pick<MarkerDocument, 'token' | 'witness'> | undefined;

  readonly #parts: AttemptParts;
  readonly #attempt: TransactionAttempt;

  constructor(parts: AttemptParts, attempt: TransactionAttempt) {
    this.#parts = parts;
    this.#attempt = attempt;
    this.#gate = clientGate(parts.scope, parts.targetId);
    this.#outside = new OutsideRefusals(parts, OUTSIDE);
    const context = contextClient((method, args) =>
      this.#gate.perform(`TransactionAttemptContext.${method}`, () => invokeMethod(attempt, method, args)),
    );
    const cluster = guardedCluster(parts.cluster, outsidePassage(this.#gate, this.#outside));
    this.clients = clientsOf(context, cluster);
  }

  /** Runs `work`. When it has ended, every call of a client is refused, and those in flight are awaited. */
  run<T>(work: (transaction: TargetTransaction) => Promise<T>): Promise<T> {
    return this.#gate.during(() => work(this));
  }

  async seal(): Promise<{ readonly brokenOpen: boolean }> {
    this.#gate.close();
    await this.#gate.settled();
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

  /**
   * Writes Flamingock's document: the last step before the commit.
   *
   * @param commit - the id by which a later call of the logic recognizes this commit
   * @returns how often the fence had been raised when the document was read
   * @throws OutsideTransactionError when a write was refused
   */
  async finish(commit: string): Promise<number> {
    await this.seal();
    const seen = await this.#read();
    const { content } = seen;
    const markers = changedMarkers(content.markers, this.#removed, this.#written);
    await writeMarkerDocument(this.#attempt, seen, { ...content, ...this.#raised, commit, markers });
    return content.raised;
  }

  #read(): Promise<SeenMarkerDocument> {
    return (this.#seen ??= requireMarkerDocument(this.#attempt, this.#parts.location));
  }
}

type Work<T> = (transaction: TargetTransaction) => Promise<T>;

/** A call of the logic that ran to its end, so that its commit may have happened. */
interface Finished<T> {
  readonly result: T;
  /** How often the fence had been raised when the call read it. */
  readonly raised: number;
}

/**
 * Begins a transaction, runs `work`, commits.
 *
 * The SDK calls the logic again after a commit that failed, also when it only got no answer. So a second call looks whether the
 * first one was committed, and then does nothing. It throws when anybody has raised the fence since.
 *
 * @throws what `work` throws, and TargetSystemError when the commit failed or its result is unknown
 */
export async function runTransaction<T>(parts: AttemptParts, work: Work<T>): Promise<T> {
  const commit = randomUUID();
  const { runner, timeout } = parts;
  let finished: Finished<T> | undefined;
  let thrown: unknown;
  const logic = async (attempt: TransactionAttempt): Promise<T> => {
    if (finished && (await isCommitted(parts, attempt, commit, finished))) return finished.result;
    finished = await once(parts, attempt, commit, work);
    return finished.result;
  };
  const noting = (attempt: TransactionAttempt): Promise<T> =>
    logic(attempt).catch((error: unknown) => {
      thrown = error;
      throw error;
    });
  try {
    return await runOnce(runner, noting, timeout === undefined ? undefined : { timeout });
  } catch (error) {
    throw error === thrown ? error : notCommitted(parts, error);
  }
}

async function once<T>(
  parts: AttemptParts,
  attempt: TransactionAttempt,
  commit: string,
  work: Work<T>,
): Promise<Finished<T>> {
  const transaction = new CouchbaseTransaction(parts, attempt);
  const result = await transaction.run(work);
  return { result, raised: await transaction.finish(commit) };
}

async function isCommitted(
  parts: AttemptParts,
  attempt: TransactionAttempt,
  commit: string,
  { raised }: Finished<unknown>,
): Promise<boolean> {
  const { content } = await requireMarkerDocument(attempt, parts.location);
  if (content.commit === commit) return true;
  if (content.raised === raised) return false;
  throw new TargetSystemError(
    `The transaction of change '${parts.scope.changeId}' on target system '${parts.targetId}' is not begun again: the fence was raised meanwhile, so that somebody has decided about it.`,
  );
}

function notCommitted({ scope, targetId }: AttemptParts, cause: unknown): TargetSystemError {
  return new TargetSystemError(
    `Couchbase did not say that it has committed the transaction of change '${scope.changeId}' on target system '${targetId}': ${messageOf(cause)}`,
    { cause },
  );
}
