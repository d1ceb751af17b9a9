import type { Connection } from 'mongoose';
import type { ChainIdentity } from '../../core/model/audit-store.js';
import { type Duration, parseDuration } from '../../core/model/duration.js';
import type { Injected, InjectionTokenOf } from '../../core/model/injected.js';
import type {
  AttemptScope,
  Clients,
  MarkerStore,
  TargetTransaction,
  TransactionalTargetSystem,
} from '../../core/model/target-system.js';
import { leftOpen } from './connection/attempt-errors.js';
import { DEFAULT_CONNECTION, resourceOf } from './connection/database.js';
import { clientsAtRest, type KnownConnection } from './guard/attempt-clients.js';
import type { MongoAttempt } from './guard/mongo-attempt.js';
import { asOwn, callingAs } from './guard/own-context.js';
import { type AttemptParts, quiesce, withAttemptSession } from './target/attempt-session.js';
import type { MarkerNames } from './target/marker-errors.js';
import { MongooseMarkerStore } from './target/marker-store.js';
import { runTransaction } from './target/transaction.js';

/** How a target system keeps its own two small collections. */
export interface MongooseTargetSystemOptions {
  /** Create missing collections. When false, MongoDB creates each with its first document. @default true */
  readonly createTables?: boolean;
  /** Collection of the markers that are committed together with the effect of a change. @default 'flamingock_marker' */
  readonly markerCollection?: string;
  /** Collection of the fences, which shut out a process that has lost the lock, and of notes about open transactions. @default 'flamingock_fence' */
  readonly fenceCollection?: string;
  /** How long to wait for another transaction that has written a document of these collections. @default '10s' */
  readonly lockWait?: Duration;
  /**
   * Token under which the container knows the connection. The tokens of its models begin with it. `inject` sets it.
   * @default that of the default connection
   */
  readonly connectionToken?: string;
}

/**
 * A MongoDB database (4.4 or later), through Mongoose. Transactions need a replica set or a sharded cluster.
 *
 * A change gets the `Connection` (its main client), the `ClientSession`, the native `Db` and `MongoClient`, and every registered
 * model under its token of `@nestjs/mongoose`. In a transaction, all of them use its session by themselves. An operation of something
 * injected in the constructor takes part when it is given the session. Without the session it is refused and fails the change, unless the
 * change says `outsideTransaction: 'allow'`. When the app has set Mongoose's `transactionAsyncLocalStorage`, every model takes part.
 * Not noticed: another connection to the same database, and code that has lost the asynchronous context of the change.
 *
 * When MongoDB gives a transaction up with a transient error (a write conflict, a new primary), the change's method is called again
 * in a new one; what it did before is rolled back.
 *
 * With the connection of the audit store, the effect of a change and its record are one commit.
 */
export class MongooseTargetSystem implements TransactionalTargetSystem {
  readonly kind = 'mongoose:mongodb';
  readonly transactional = true;
  readonly commitsImplicitly = false;
  readonly #known: KnownConnection;
  readonly #names: MarkerNames;
  readonly #createTables: boolean;
  readonly #lockWaitMs: number;

  /**
   * @param id - the name that changes give in `targetSystem`
   * @param connection - the app's connection; the target system neither opens nor closes it
   * @throws RangeError when `lockWait` is no duration
   */
  constructor(
    readonly id: string,
    connection: Connection,
    options: MongooseTargetSystemOptions = {},
  ) {
    const { createTables = true, connectionToken: token = DEFAULT_CONNECTION } = options;
    const { markerCollection = 'flamingock_marker', fenceCollection = 'flamingock_fence' } = options;
    this.#known = { connection, token, isDefault: token === DEFAULT_CONNECTION };
    this.#names = { markerCollection, fenceCollection };
    this.#createTables = createTables;
    this.#lockWaitMs = parseDuration(options.lockWait ?? '10s');
  }

  /**
   * A target system whose connection comes from the container.
   *
   * @param token - `getConnectionToken(name)` of `@nestjs/mongoose` for a named one; default: the default connection
   */
  static inject(
    id: string,
    token: InjectionTokenOf<Connection> = DEFAULT_CONNECTION,
    options?: MongooseTargetSystemOptions,
  ): Injected<MongooseTargetSystem, Connection> {
    const named = typeof token === 'string' ? { connectionToken: token } : {};
    return {
      token,
      label: `MongooseTargetSystem '${id}'`,
      create: (connection) => new MongooseTargetSystem(id, connection, { ...options, ...named }),
    };
  }

  /** The client of the connection: a transaction can span its databases. */
  get resource(): unknown {
    return resourceOf(this.#known.connection);
  }

  clients(): Clients {
    return clientsAtRest(this.#known);
  }

  connect<T>(scope: AttemptScope, work: (clients: Clients) => Promise<T>): Promise<T> {
    return runConnected({ targetId: this.id, known: this.#known, scope }, work);
  }

  transaction<T>(scope: AttemptScope, work: (transaction: TargetTransaction) => Promise<T>): Promise<T> {
    return runTransaction({ targetId: this.id, known: this.#known, names: this.#names, scope }, work);
  }

  markers(chain: ChainIdentity): MarkerStore {
    const { id: targetId } = this;
    const known = this.#known;
    const names = this.#names;
    const createTables = this.#createTables;
    const lockWaitMs = this.#lockWaitMs;
    return new MongooseMarkerStore({ targetId, known, names, createTables, lockWaitMs }, chain);
  }
}

/** Gives `work` clients outside any transaction. It may begin transactions, and must end them. @throws TargetSystemError when it left one open */
function runConnected<T>(parts: AttemptParts, work: (clients: Clients) => Promise<T>): Promise<T> {
  return withAttemptSession(parts, false, async (open) => {
    const { attempt, clients } = open;
    let leftOne: boolean;
    let result: T;
    try {
      result = await callingAs({ attempt, joins: false }, () => work(clients));
      await attempt.gate.inFlight.drain();
    } finally {
      await quiesce(open);
      leftOne = await endSessions(attempt);
    }
    if (leftOne) throw leftOpen(attempt.location);
    return result;
  });
}

/** @returns whether a transaction was open in one of them */
async function endSessions({ session, begun }: MongoAttempt): Promise<boolean> {
  const left = [session, ...begun].filter(({ hasEnded }) => !hasEnded);
  const isOpen = left.some((each) => each.inTransaction());
  for (const each of left) await asOwn(() => each.endSession());
  return isOpen;
}
