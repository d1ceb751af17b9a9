import type { mongo } from 'mongoose';
import type { ChainHead } from '../../../core/model/audit-entry.js';
import type { Clients, Marker, TargetTransaction } from '../../../core/model/target-system.js';
import { commitUnanswered, standsAlone, tookTooLong } from '../connection/attempt-errors.js';
import { isMongoError } from '../connection/mongo-errors.js';
import { asOwn, callingAs } from '../guard/own-context.js';
import { commit, retryTransient } from '../guard/own-transaction.js';
import { MarkerDocuments } from './marker-documents.js';
import type { MarkerNames } from './marker-errors.js';
import { noteOpen } from './open-note.js';
import { type AttemptParts, type AttemptSession, quiesce, withAttemptSession } from './attempt-session.js';

/** An open transaction, from its first command to just before its commit. */
class MongooseTransaction implements TargetTransaction {
  readonly clients: Clients;
  readonly session: unknown;
  readonly #documents: MarkerDocuments;
  #sealed: Promise<{ readonly brokenOpen: boolean }> | undefined;

  readonly #opened: AttemptSession;
  readonly #names: MarkerNames;

  constructor(opened: AttemptSession, names: MarkerNames) {
    this.#opened = opened;
    this.#names = names;
    const { attempt, clients, db } = opened;
    this.clients = clients;
    this.session = attempt.session;
    this.#documents = new MarkerDocuments(db, names, attempt.location.scope, attempt.session);
  }

  /** Call it once, before anything else: the first command begins the transaction at the server, and no other may run beside it. */
  async open(): Promise<void> {
    try {
      await asOwn(() => this.#documents.fence());
    } catch (error) {
      throw isMongoError(error, 'standalone') ? standsAlone(this.#opened.attempt.location, error) : error;
    }
    const { attempt, db } = this.#opened;
    await asOwn(() => noteOpen(db, this.#names, attempt.location.scope, attempt.session));
  }

  seal(): Promise<{ readonly brokenOpen: boolean }> {
    return (this.#sealed ??= this.#seal());
  }

  async raiseFence(token: number, witness: ChainHead): Promise<boolean> {
    const raised = await asOwn(() => this.#documents.raiseFence(token, { witness }));
    return raised.token <= token;
  }

  writeMarker(marker: Marker): Promise<void> {
    return asOwn(() => this.#documents.write(marker));
  }

  removeMarkers(changeIds: readonly string[]): Promise<void> {
    return asOwn(() => this.#documents.removeAll(changeIds));
  }

  async #seal(): Promise<{ readonly brokenOpen: boolean }> {
    const { attempt } = this.#opened;
    await attempt.gate.inFlight.drain();
    attempt.gate.close();
    attempt.check();
    return { brokenOpen: false };
  }
}

/** How long a transaction is run again, in milliseconds; the driver's own `withTransaction` takes as long. */
const RETRY_MS = 120_000;
/** A transaction that ends without a commit after this time, in milliseconds, has reached the server's time limit. */
const LIFETIME_MS = 55_000;

/**
 * Independent of the connection's defaults. `local` is the only read concern with which MongoDB creates collections in a transaction. The
 * commit with `majority` also guarantees what the transaction has read.
 */
const TRANSACTION_OPTIONS: mongo.TransactionOptions = {
  readConcern: { level: 'local' },
  writeConcern: { w: 'majority' },
  readPreference: 'primary',
};

type Work<T> = (transaction: TargetTransaction) => Promise<T>;

/** What a transaction on a target system works with. */
export interface TransactionParts extends AttemptParts {
  readonly names: MarkerNames;
}

/**
 * Begins a transaction, runs `work`, commits. When the server gives the transaction up with a transient error, such as a conflict or a new
 * primary, all of it is run again, for up to two minutes; what was done before is rolled back by then.
 */
export function runTransaction<T>(parts: TransactionParts, work: Work<T>): Promise<T> {
  const once = (): Promise<T> =>
    withAttemptSession(parts, true, async (open) => {
      const result = await rollingBack(open, () => upToCommit(parts, open, work));
      await asOwn(() => committed(parts, open));
      return result;
    });
  return retryTransient(RETRY_MS, once, () => isStillWanted(parts));
}

async function committed({ scope, known }: TransactionParts, { attempt }: AttemptSession): Promise<void> {
  try {
    await commit(attempt.session, scope.ended);
  } catch (error) {
    const { MongoNetworkError, MongoServerSelectionError } = known.connection.base.mongo;
    const isLost = error instanceof MongoNetworkError || error instanceof MongoServerSelectionError;
    throw isLost ? commitUnanswered(attempt.location, error) : error;
  }
}

async function upToCommit<T>(parts: TransactionParts, open: AttemptSession, work: Work<T>): Promise<T> {
  const { attempt } = open;
  attempt.session.startTransaction(TRANSACTION_OPTIONS);
  const transaction = new MongooseTransaction(open, parts.names);
  await transaction.open();
  const result = await callingAs({ attempt, joins: false }, () => work(transaction));
  await transaction.seal();
  return result;
}

async function rollingBack<T>(open: AttemptSession, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  try {
    return await work();
  } catch (error) {
    await quiesce(open);
    await asOwn(() => open.attempt.session.abortTransaction().catch(() => undefined));
    const elapsed = performance.now() - start;
    // A new error without the label: with it, the change would run again and reach the time limit again.
    if (elapsed > LIFETIME_MS && isMongoError(error, 'noSuchTransaction'))
      throw tookTooLong(open.attempt.location, elapsed, new Error(String(error)));
    throw open.attempt.outside ?? error;
  }
}

function isStillWanted({ scope }: TransactionParts): boolean {
  if (scope.signal.aborted) return false;
  try {
    scope.guard();
    return true;
  } catch {
    return false;
  }
}
