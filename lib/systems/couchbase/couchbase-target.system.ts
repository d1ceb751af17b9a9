import { type Cluster, DurabilityLevel } from 'couchbase';
import type { ChainIdentity } from '../../core/audit-store.js';
import { type Duration, parseDuration } from '../../core/duration.js';
import { TargetSystemError } from '../../core/errors.js';
import type { Injected, InjectionTokenOf } from '../../core/injected.js';
import type {
  AttemptScope,
  Clients,
  MarkerStore,
  TargetTransaction,
  TransactionalTargetSystem,
} from '../../core/target-system.js';
import { clientsAtRest } from './attempt-clients.js';
import type { AttemptParts } from './attempt-parts.js';
import { BOOKKEEPING_UPGRADES, type BookkeepingPlaces, placeOf } from './bookkeeping.js';
import { type CouchbaseCollectionOptions, collectionOf } from './collection-of.js';
import { CouchbaseMarkerStore } from './couchbase-marker.store.js';
import { OwnDocuments } from './own-documents.js';
import { runConnected } from './run-connected.js';
import { runTransaction } from './run-transaction.js';
import type { TransactionRunner } from './transaction-runner.js';

/** Where a Couchbase target system keeps its own small document, and how long things may take. */
export interface CouchbaseTargetSystemOptions extends CouchbaseCollectionOptions {
  /** The bucket in which Flamingock keeps fence and markers: one document for each chain. */
  readonly bucket: string;
  /** What the keys of our documents begin with. @default 'flamingock' */
  readonly keyPrefix?: string;
  /** How many copies the first write of the document must have; in transactions, the cluster's own level counts. @default DurabilityLevel.Majority */
  readonly durability?: DurabilityLevel;
  /** How long to wait for a transaction that is writing the document. @default '20s' */
  readonly lockWait?: Duration;
  /** How long the transaction of a change may take. @default what the cluster was told, else 15 s */
  readonly transactionTimeout?: Duration;
}

/**
 * A Couchbase cluster, by the SDK's distributed transactions.
 *
 * A change reads and writes by the `TransactionAttemptContext` (its main client), and finds collections by the `Cluster`. A
 * write by that `Cluster` would not be part of the transaction: it is refused and fails the change, unless it says
 * `outsideTransaction: 'allow'`. With `transactional: false` the cluster writes as ever, and each call of the context is a
 * transaction of its own. Not noticed: what a service does by the app's own cluster.
 *
 * A document is kept in the target, with the marker that is committed together with the effect of a change; it also tells
 * the SDK's second call of a change whether the first one was committed.
 */
export class CouchbaseTargetSystem implements TransactionalTargetSystem {
  readonly kind = 'couchbase';
  readonly transactional = true;
  readonly commitsImplicitly = false;
  readonly resource: Cluster;
  private readonly places: BookkeepingPlaces;
  private readonly runner: TransactionRunner;
  private readonly lockWaitMs: number;
  private readonly timeout: number | undefined;

  /**
   * @param id - what changes name in `targetSystem`
   * @param cluster - the app's; it is not closed here
   * @throws RangeError when a duration is none, TargetSystemError when the bucket is missing
   */
  constructor(
    readonly id: string,
    cluster: Cluster,
    options: CouchbaseTargetSystemOptions,
  ) {
    const { keyPrefix = 'flamingock', durability = DurabilityLevel.Majority, lockWait = '20s' } = options;
    const { transactionTimeout } = options;
    const collection = collectionOf(cluster, options);
    if (!collection) throw bucketMissing(id);
    this.resource = cluster;
    // Asked for late: it begins to look after what other processes left, which nobody needs who has no transaction.
    this.runner = { run: (logic, config) => cluster.transactions().run(logic, config) };
    const documents = new OwnDocuments(collection, durability);
    this.places = { targetId: id, documents, keyPrefix, upgrades: BOOKKEEPING_UPGRADES };
    this.lockWaitMs = parseDuration(lockWait);
    this.timeout = transactionTimeout === undefined ? undefined : parseDuration(transactionTimeout);
  }

  /** A target system whose cluster comes from the container. @param token - the class Cluster, as a rule */
  static inject(
    id: string,
    token: InjectionTokenOf<Cluster>,
    options: CouchbaseTargetSystemOptions,
  ): Injected<CouchbaseTargetSystem, Cluster> {
    return {
      token,
      label: `CouchbaseTargetSystem '${id}'`,
      create: (cluster) => new CouchbaseTargetSystem(id, cluster, options),
    };
  }

  clients(): Clients {
    return clientsAtRest();
  }

  connect<T>(scope: AttemptScope, work: (clients: Clients) => Promise<T>): Promise<T> {
    return runConnected(this.parts(scope), work);
  }

  transaction<T>(scope: AttemptScope, work: (transaction: TargetTransaction) => Promise<T>): Promise<T> {
    return runTransaction(this.parts(scope), work);
  }

  markers(chain: ChainIdentity): MarkerStore {
    const { places, lockWaitMs, runner } = this;
    return new CouchbaseMarkerStore({ place: placeOf(places, chain), runner, lockWaitMs });
  }

  private parts(scope: AttemptScope): AttemptParts {
    const { id: targetId, resource: cluster, runner, timeout } = this;
    return { targetId, scope, cluster, runner, place: placeOf(this.places, scope), timeout };
  }
}

function bucketMissing(id: string): TargetSystemError {
  return new TargetSystemError(
    `Target system '${id}' was given no bucket for its document of fence and markers`,
    {
      fix: [`name it: CouchbaseTargetSystem.inject('${id}', Cluster, { bucket: 'shop' })`],
    },
  );
}
