import {
  CasMismatchError,
  type Cluster,
  type Collection,
  DocumentExistsError,
  DocumentNotFoundError,
  TransactionExpiredError,
  TransactionFailedError,
  type TransactionGetOptions,
  type TransactionGetResult,
  TransactionOperationFailedError,
} from 'couchbase';
import type {
  TransactionAttempt,
  TransactionRunner,
} from '../../../../lib/systems/couchbase/connection/transaction-runner.js';

// No server that can be had runs Couchbase's distributed transactions, and the mock does not either. This stands in for what
// `cluster.transactions()` returns, at the one interface that the library uses of it: reads and CAS are the mock's own, writes
// are staged, and a commit checks the CAS of all of them before it does any. Like the SDK, it calls the logic again when a
// commit failed *or got no answer*, and hides what the logic throws in an error of its own. What it cannot show is whether
// Couchbase keeps its own promises.

const MOST_CALLS = 20;

/** A write that is not there for others yet. */
interface Staged {
  readonly collection: Collection;
  readonly key: string;
  /** What the document had when it was read; undefined: there was none. */
  readonly cas: TransactionGetResult['cas'] | undefined;
  /** Undefined: removed. */
  readonly content: unknown;
}

/** What a test may do to the commits of a stand-in. */
export interface CommitFaults {
  /** Before anything is checked. */
  before?(): Promise<void>;
  /** After everything was done. True: the answer is lost. */
  after?(): boolean;
}

/** The cluster, with transactions that the mock lacks. */
export function withTransactions(cluster: Cluster, faults: CommitFaults = {}): Cluster {
  const runner = new StandInTransactions(faults);
  return Object.create(cluster, { transactions: { value: () => runner, configurable: true } }) as Cluster;
}

class StandInTransactions implements TransactionRunner {
  constructor(private readonly faults: CommitFaults) {}

  async run(logic: (attempt: TransactionAttempt) => Promise<void>): Promise<unknown> {
    for (let calls = 0; calls < MOST_CALLS; calls++) {
      const attempt = new StandInAttempt();
      try {
        await logic(attempt);
      } catch (error) {
        throw new TransactionFailedError(error as Error);
      }
      if (attempt.staged.size === 0) return {};
      await this.faults.before?.();
      const committed = await oneAtATime(() => commit([...attempt.staged.values()]));
      if (committed && !this.faults.after?.()) return {};
    }
    throw new TransactionExpiredError(new Error('too many attempts'));
  }
}

/** What each result of a read or a write was about. */
const seenAs = new WeakMap<TransactionGetResult, Staged>();

class StandInAttempt implements TransactionAttempt {
  readonly staged = new Map<string, Staged>();

  async get(
    collection: Collection,
    key: string,
    options?: TransactionGetOptions,
  ): Promise<TransactionGetResult> {
    const own = this.staged.get(pathOf(collection, key));
    if (own && own.content === undefined) throw new DocumentNotFoundError();
    if (own) return this.#result(own);
    const { content, cas } = await collection.get(key, options);
    return this.#result({ collection, key, cas, content: content as unknown });
  }

  async insert(collection: Collection, key: string, content: unknown): Promise<TransactionGetResult> {
    const own = this.staged.get(pathOf(collection, key));
    const cas = own?.cas;
    if (own ? own.content !== undefined : await casOf(collection, key)) throw new DocumentExistsError();
    return this.#stage({ collection, key, cas, content });
  }

  async replace(document: TransactionGetResult, content: unknown): Promise<TransactionGetResult> {
    return this.#stage({ ...(await this.#current(document)), content });
  }

  async remove(document: TransactionGetResult): Promise<void> {
    this.#stage({ ...(await this.#current(document)), content: undefined });
  }

  /** Like the SDK, refuses a document that somebody has written since it was read. */
  async #current(document: TransactionGetResult): Promise<Staged> {
    const seen = seenAs.get(document);
    if (!seen) throw new TypeError('this document was not read in a transaction of the stand-in');
    if (this.staged.has(pathOf(seen.collection, seen.key))) return seen;
    if (String(await casOf(seen.collection, seen.key)) === String(seen.cas)) return seen;
    throw new TransactionOperationFailedError(new CasMismatchError());
  }

  #stage(staged: Staged): TransactionGetResult {
    this.staged.set(pathOf(staged.collection, staged.key), staged);
    return this.#result(staged);
  }

  #result(staged: Staged): TransactionGetResult {
    const { collection, key, content } = staged;
    const { scope, name } = collection;
    const result = {
      id: { bucket: scope.bucket.name, scope: scope.name, collection: name, key },
      content: content === undefined ? undefined : (JSON.parse(JSON.stringify(content)) as unknown),
      cas: staged.cas,
    } as TransactionGetResult;
    seenAs.set(result, staged);
    return result;
  }
}

/** All or nothing, as long as nobody else writes: everybody here commits one after the other. */
async function commit(staged: readonly Staged[]): Promise<boolean> {
  const found = await Promise.all(staged.map(({ collection, key }) => casOf(collection, key)));
  if (staged.some(({ cas }, index) => String(cas) !== String(found[index]))) return false;
  for (const { collection, key, cas, content } of staged) {
    if (content === undefined) await (cas && collection.remove(key, { cas }));
    else if (cas) await collection.replace(key, content, { cas });
    else await collection.insert(key, content);
  }
  return true;
}

async function casOf(collection: Collection, key: string): Promise<Staged['cas']> {
  try {
    return (await collection.get(key)).cas;
  } catch (error) {
    if (error instanceof DocumentNotFoundError) return undefined;
    throw error;
  }
}

let last: Promise<unknown> = Promise.resolve();

function oneAtATime<T>(work: () => Promise<T>): Promise<T> {
  const next = last.then(work, work);
  last = next.catch(() => undefined);
  return next;
}

function pathOf({ scope, name }: Collection, key: string): string {
  return `${scope.bucket.name}.${scope.name}.${name}.${key}`;
}
