import type { Connection } from 'mongoose';
import type { ChainIdentity } from '../../core/audit-store.js';
import { type Duration, parseDuration } from '../../core/duration.js';
import type { Injected, InjectionTokenOf } from '../../core/injected.js';
import type {
  AttemptScope,
  Clients,
  MarkerStore,
  TargetTransaction,
  TransactionalTargetSystem,
} from '../../core/target-system.js';
import { clientsAtRest, type KnownConnection } from './attempt-clients.js';
import { DEFAULT_CONNECTION } from './connection-token.js';
import { resourceOf } from './database.js';
import type { MarkerNames } from './marker-documents.js';
import { MongooseMarkerStore } from './mongoose-marker.store.js';
import { runConnected } from './run-connected.js';
import { runTransaction } from './run-transaction.js';

/** How a target system keeps its own two small collections. */
export interface MongooseTargetSystemOptions {
  /** Create the collections when they are missing, rather than leave it to their first document. @default true */
  readonly createTables?: boolean;
  /** Collection of the markers that are committed together with the effect of a change. @default 'flamingock_marker' */
  readonly markerCollection?: string;
  /** Collection of the fencing tokens that shut out a process that has lost the lock, and of notes of what is open. @default 'flamingock_fence' */
  readonly fenceCollection?: string;
  /** How long to wait for a transaction that has written a document of these collections. @default '10s' */
  readonly lockWait?: Duration;
  /**
   * Token under which the container knows the connection; those of its models begin with it. `inject` knows it.
   * @default that of the default connection
   */
  readonly connectionToken?: string;
}

/**
 * A MongoDB database (4.4 or later), by Mongoose. Transactions need a replica set or a sharded cluster.
 *
 * A change gets the `Connection` (its main client), the `ClientSession`, the native `Db` and `MongoClient`, and every registered
 * model by its token of `@nestjs/mongoose`. In a transaction all of them use its session by themselves. An operation of what was
 * injected in the constructor takes part when it is given the session; without it, it is refused and fails the change, unless the
 * change says `outsideTransaction: 'allow'`. Where the app has set Mongoose's `transactionAsyncLocalStorage`, every model takes part.
 * Not noticed: another connection to the same database, and code that has lost the asynchronous context of the change.
 *
 * When MongoDB gives a transaction up for a passing reason (a write conflict, a new primary), the change's method is called again
 * in a new one, as the driver's rules say; what it did before is rolled back.
 *
 * With the connection of the audit store, the effect of a change and its record are one commit.
 */
export class MongooseTargetSystem implements TransactionalTargetSystem {
  readonly kind = 'mongoose:mongodb';
  readonly transactional = true;
  readonly commitsImplicitly = false;
  private readonly known: KnownConnection;
  private readonly names: MarkerNames;
  private readonly createTables: boolean;
  private readonly lockWaitMs: number;

  /**
   * @param id - what changes name in `targetSystem`
   * @param connection - the app's; it is neither opened nor closed here
   * @throws RangeError when `lockWait` is no duration
   */
  constructor(
    readonly id: string,
    connection: Connection,
    options: MongooseTargetSystemOptions = {},
  ) {
    const { createTables = true, connectionToken: token = DEFAULT_CONNECTION } = options;
    const { markerCollection = 'flamingock_marker', fenceCollection = 'flamingock_fence' } = options;
    this.known = { connection, token, isDefault: token === DEFAULT_CONNECTION };
    this.names = { markerCollection, fenceCollection };
    this.createTables = createTables;
    this.lockWaitMs = parseDuration(options.lockWait ?? '10s');
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

  /** The client behind the connection: a transaction can span its databases. */
  get resource(): unknown {
    return resourceOf(this.known.connection);
  }

  clients(): Clients {
    return clientsAtRest(this.known);
  }

  connect<T>(scope: AttemptScope, work: (clients: Clients) => Promise<T>): Promise<T> {
    return runConnected({ targetId: this.id, known: this.known, scope }, work);
  }

  transaction<T>(scope: AttemptScope, work: (transaction: TargetTransaction) => Promise<T>): Promise<T> {
    return runTransaction({ targetId: this.id, known: this.known, names: this.names, scope }, work);
  }

  markers(chain: ChainIdentity): MarkerStore {
    const { id: targetId, known, names, createTables, lockWaitMs } = this;
    return new MongooseMarkerStore({ targetId, known, names, createTables, lockWaitMs }, chain);
  }
}
