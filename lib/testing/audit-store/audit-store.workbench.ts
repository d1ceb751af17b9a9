import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { appendToChain } from '../../core/kit/hash-chain.js';
import type { AuditEntry, AuditEntryDraft } from '../../core/model/audit-entry.js';
import type { AuditStore, Fence, HistoryQuery } from '../../core/model/audit-store.js';
import type { AuditStoreHarness, ConnectedStore, StoreStorage } from './audit-store.harness.js';

/** A lease that is longer than any test. */
export const LONG_LEASE_MS = 120_000;

/** What the tests of one store work with: one storage for all, a namespace for each. */
export class AuditStoreWorkbench {
  #storage: StoreStorage | undefined;

  constructor(readonly harness: AuditStoreHarness) {}

  get shortLeaseMs(): number {
    return this.harness.shortLeaseMs ?? 300;
  }

  async start(): Promise<void> {
    this.#storage = await this.harness.createStorage();
  }

  async stop(): Promise<void> {
    await this.#storage?.drop();
  }

  /** Waits until a short lease that begins now has expired. */
  async outlastShortLease(): Promise<void> {
    await sleep(this.shortLeaseMs + 100);
  }

  /** Removes every entry of the store after this seq, without the store. */
  cut({ namespace }: AuditStore, after: number): Promise<void> {
    return this.#common().cut(namespace, after);
  }

  /** `count` instances of an opened store, in a namespace that nothing else uses. */
  use(count: number, work: (connected: readonly ConnectedStore[]) => Promise<void>): Promise<void> {
    return this.#useIn(this.#common(), `ns-${randomUUID()}`, count, async (connected) => {
      await connected[0]?.store.open();
      await work(connected);
    });
  }

  /** One opened store. */
  useOne(work: (store: AuditStore, connected: ConnectedStore) => Promise<void>): Promise<void> {
    return this.use(1, async ([connected]) =>
      work((connected as ConnectedStore).store, connected as ConnectedStore),
    );
  }

  /** Two instances of an opened store, as two processes have them. */
  useTwo(work: (first: AuditStore, second: AuditStore) => Promise<void>): Promise<void> {
    return this.use(2, ([first, second]) =>
      work((first as ConnectedStore).store, (second as ConnectedStore).store),
    );
  }

  /** One opened store in each of the namespaces, which nothing else uses. */
  useNamespaces(names: readonly string[], work: (stores: AuditStore[]) => Promise<void>): Promise<void> {
    const unique = randomUUID();
    const nest = (index: number, stores: AuditStore[]): Promise<void> =>
      index === names.length
        ? work(stores)
        : this.#useIn(this.#common(), `${names[index]}-${unique}`, 1, async ([connected]) => {
            const { store } = connected as ConnectedStore;
            await store.open();
            await nest(index + 1, [...stores, store]);
          });
    return nest(0, []);
  }

  /** `count` instances on an empty storage; none is opened. */
  async useFresh(
    count: number,
    work: (connected: readonly ConnectedStore[]) => Promise<void>,
  ): Promise<void> {
    const storage = await this.harness.createStorage();
    try {
      await this.#useIn(storage, 'fresh', count, work);
    } finally {
      await storage.drop();
    }
  }

  #common(): StoreStorage {
    if (!this.#storage) throw new Error('the workbench has not been started');
    return this.#storage;
  }

  async #useIn(
    storage: StoreStorage,
    namespace: string,
    count: number,
    work: (connected: readonly ConnectedStore[]) => Promise<void>,
  ): Promise<void> {
    const connected: ConnectedStore[] = [];
    try {
      while (connected.length < count) connected.push(await storage.connect(namespace));
      await work(connected);
    } finally {
      await Promise.all(connected.map((one) => one.close()));
    }
  }
}

/** Takes the free lease. */
export async function acquired(store: AuditStore, leaseMs = LONG_LEASE_MS): Promise<Fence> {
  const holder = `run-${randomUUID()}`;
  const taken = await store.acquire({ holder, host: 'host-a', leaseMs });
  if (!taken) throw new Error('the lease was expected to be free, but acquire() returned null');
  return { ...taken, namespace: store.namespace, holder, leaseMs };
}

/** Appends drafts after the store's head. @returns the entries as they were given to the store */
export async function append(
  store: AuditStore,
  fence: Fence,
  drafts: readonly AuditEntryDraft[],
): Promise<AuditEntry[]> {
  const entries = appendToChain((await store.summary()).head, drafts);
  await store.append(entries, fence);
  return entries;
}

/** All that `history()` yields. */
export async function historyOf(store: AuditStore, query?: HistoryQuery): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for await (const entry of store.history(query)) entries.push(entry);
  return entries;
}
