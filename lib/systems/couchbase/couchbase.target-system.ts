import { type Cluster, DurabilityLevel } from 'couchbase';
import { withGate } from '../../core/kit/attempt-gate.js';
import { injectableTarget } from '../../core/kit/injectable.js';
import type { ChainIdentity } from '../../core/model/audit-store.js';
import { type Duration, parseDuration } from '../../core/model/duration.js';
import { TargetSystemError } from '../../core/model/errors.js';
import type {
  AttemptScope,
  Clients,
  MarkerStore,
  TargetTransaction,
  TransactionalTargetSystem,
} from '../../core/model/target-system.js';
import { collectionOf, type CouchbaseCollectionOptions } from './connection/collection-of.js';
import { OwnDocuments } from './connection/own-documents.js';
import { runOnce, type TransactionRunner } from './connection/transaction-runner.js';
import { type AttemptParts, clientsAtRest, clientsOf, contextClient } from './guard/attempt-clients.js';
import { guardedCluster, invokeMethod } from './guard/guarded-cluster.js';
import { MARKER_UPGRADES, type MarkerLocations, locationOf } from './target/marker-documents.js';
import { CouchbaseMarkerStore } from './target/marker-store.js';
import { runTransaction } from './target/transaction.js';

/** Where a Couchbase target system keeps its own document, and how long transactions may take. */
export interface CouchbaseTargetSystemOptions extends CouchbaseCollectionOptions {
  /** The bucket in which Flamingock keeps fence and markers: one document for each chain. */
  readonly bucket: string;
  /** The beginning of the keys of Flamingock's documents. @default 'flamingock' */
  readonly keyPrefix?: string;
  /** How many copies the first write of the document must have; in transactions, the cluster's own level counts. @default DurabilityLevel.Majority */
  readonly durability?: DurabilityLevel;
  /** How long to wait for a transaction that is writing the document. @default '20s' */
  readonly lockWait?: Duration;
  /** How long the transaction of a change may take. @default what the cluster was told, else 15 s */
  readonly transactionTimeout?: Duration;
}

/**
 * A Couchbase cluster, with the SDK's distributed transactions.
 *
 * A change reads and writes through the `TransactionAttemptContext` (its main client), and finds collections through the `Cluster`. A
 * write through that `Cluster` would not be part of the transaction: it is refused and fails the change, unless the change says
 * `outsideTransaction: 'allow'`. With `transactional: false`, the cluster writes as usual, and each call of the context is a
 * transaction of its own. Not noticed: what a service does with the app's own cluster.
 *
 * The target holds one document for each chain, with the marker that is committed together with the effect of a change. When the SDK
 * calls a change a second time, the document also tells whether the first call was committed.
 */
export class CouchbaseTargetSystem implements TransactionalTargetSystem {
  readonly kind = 'couchbase';
  readonly transactional = true;
  readonly commitsImplicitly = false;
  readonly resource: Cluster;
  readonly #locations: MarkerLocations;
  readonly #runner: TransactionRunner;
  readonly #lockWaitMs: number;
  readonly #timeout: number | undefined;

  /**
   * @param id - the name that changes give in `targetSystem`
   * @param cluster - the app's cluster; the target system does not close it
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
    // Not before a transaction needs it: `transactions()` starts the SDK's clean-up of what other processes left.
    this.#runner = { run: (logic, config) => cluster.transactions().run(logic, config) };
    const documents = new OwnDocuments(collection, durability);
    this.#locations = { targetId: id, documents, keyPrefix, upgrades: MARKER_UPGRADES };
    this.#lockWaitMs = parseDuration(lockWait);
    this.#timeout = transactionTimeout === undefined ? undefined : parseDuration(transactionTimeout);
  }

  /** A target system whose cluster comes from the container. @param token - the class Cluster, as a rule */
  static readonly inject = injectableTarget(CouchbaseTargetSystem, 'CouchbaseTargetSystem');

  clients(): Clients {
    return clientsAtRest();
  }

  connect<T>(scope: AttemptScope, work: (clients: Clients) => Promise<T>): Promise<T> {
    return runConnected(this.#parts(scope), work);
  }

  transaction<T>(scope: AttemptScope, work: (transaction: TargetTransaction) => Promise<T>): Promise<T> {
    return runTransaction(this.#parts(scope), work);
  }

  markers(chain: ChainIdentity): MarkerStore {
    const locations = this.#locations;
    const lockWaitMs = this.#lockWaitMs;
    const runner = this.#runner;
    return new CouchbaseMarkerStore({ location: locationOf(locations, chain), runner, lockWaitMs });
  }

  #parts(scope: AttemptScope): AttemptParts {
    const { id: targetId, resource: cluster } = this;
    const runner = this.#runner;
    const timeout = this.#timeout;
    return { targetId, scope, cluster, runner, location: locationOf(this.#locations, scope), timeout };
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

/** Gives `work` clients outside any transaction, until it ends. Each call of the context is a transaction of its own. */
function runConnected<T>(
  { scope, targetId, cluster, runner }: AttemptParts,
  work: (clients: Clients) => Promise<T>,
): Promise<T> {
  return withGate(scope, targetId, async (gate) => {
    const context = contextClient((method, args) =>
      gate.perform(`TransactionAttemptContext.${method}`, () =>
        runOnce(runner, (attempt) => invokeMethod(attempt, method, args)),
      ),
    );
    const guarded = guardedCluster(cluster, ({ text }, send) => gate.perform(text, send));
    return work(clientsOf(context, guarded));
  });
}
