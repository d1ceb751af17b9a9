import type { AuditEntry } from '../model/audit-entry.js';
import type {
  Acquisition,
  AuditSnapshot,
  AuditStore,
  AuditSummary,
  Fence,
  HistoryQuery,
  LeaseRequest,
  Settled,
} from '../model/audit-store.js';
import { AppendRefusedError, AuditStoreError, FlamingockError, StaleFenceError } from '../model/errors.js';
import { messageOf } from '../text/error-text.js';
import { EMPTY_CHAIN } from './hash-chain.js';
import { wrapError } from './wrap-error.js';

/** A call of `AuditStore.append`: at least one entry, and their seqs are consecutive. */
export interface Append {
  readonly entries: readonly AuditEntry[];
  readonly fence: Fence;
}

/**
 * What a technology does for its audit store: the methods of `AuditStore`, with the driver's errors as they come.
 *
 * @typeParam S - the session of a transaction that can hold entries; `never` where no transaction can
 */
export interface AuditStorage<S = never> {
  open(): Promise<void>;
  summary(): Promise<AuditSummary>;
  snapshot(): Promise<AuditSnapshot>;
  append(append: Append, session?: S): Promise<void>;
  history(query: HistoryQuery): AsyncIterable<AuditEntry>;
  acquire(request: LeaseRequest): Promise<Acquisition | null>;
  renew(fence: Fence): Promise<boolean>;
  release(fence: Fence, settled?: Settled): Promise<unknown>;
  settle(settled: Settled): Promise<unknown>;
  /** @returns false when the fence is not the current one */
  adopt(storeId: string, fence: Fence): Promise<boolean>;
  /** Whether it is the session of a transaction that can hold entries. @default no session is */
  isSession?(session: unknown): session is S;
  /** Whether a read failed because the store was never opened. @default no error says so */
  isUnopened?(error: unknown): boolean;
  /** Whether the server answered that it did not write. */
  isAnswered(error: unknown): boolean;
  /** What a person can do when the server refused an entry. @default nothing */
  fixesOf?(refusal: unknown): readonly string[];
  /**
   * Makes a driver's error one of this library.
   *
   * @param what - what is not possible, for people: `cannot be read`
   * @param exists - whether it is certain that the store was opened before
   */
  failed(what: string, cause: unknown, exists: boolean): AuditStoreError | Promise<AuditStoreError>;
}

/** An audit store made of what its technology does. It checks what it is given, and its errors are those of `AuditStore`. */
export abstract class BaseAuditStore<S = never> implements AuditStore {
  abstract readonly resource: unknown;
  readonly name: string;
  readonly namespace: string;
  readonly #storage: AuditStorage<S>;

  /** @throws AuditStoreError when no server can keep the namespace */
  constructor(name: string, namespace: string, storage: AuditStorage<S>) {
    this.name = name;
    this.namespace = requireNamespace(namespace);
    this.#storage = storage;
  }

  open(): Promise<void> {
    return this.#wrap('cannot be opened', () => this.#storage.open(), false);
  }

  async summary(): Promise<AuditSummary> {
    return this.#orNothing(() => this.#storage.summary());
  }

  async snapshot(): Promise<AuditSnapshot> {
    return this.#orNothing(() => this.#storage.snapshot());
  }

  async append(entries: readonly AuditEntry[], fence: Fence, session?: unknown): Promise<void> {
    const own = this.#requireSession(session);
    if (entries.length === 0) return;
    checkSequence(entries);
    try {
      await this.#storage.append({ entries, fence }, own);
    } catch (error) {
      if (!this.#storage.isAnswered(error)) throw error;
      const fix = this.#storage.fixesOf?.(error);
      throw refusedByServer(`The audit store ${this.name} refused entry`, entries, error, fix);
    }
  }

  async *history(query: HistoryQuery = {}): AsyncGenerator<AuditEntry> {
    try {
      yield* this.#storage.history(query);
    } catch (error) {
      if (error instanceof FlamingockError) throw error;
      if (!this.#storage.isUnopened?.(error))
        throw await this.#storage.failed('cannot be read', error, false);
    }
  }

  acquire(request: LeaseRequest): Promise<Acquisition | null> {
    return this.#wrap('cannot give the lease', () => this.#storage.acquire(request));
  }

  renew(fence: Fence): Promise<boolean> {
    return this.#storage.renew(fence);
  }

  async release(fence: Fence, settled?: Settled): Promise<void> {
    await this.#storage.release(fence, settled);
  }

  async settle(settled: Settled): Promise<void> {
    await this.#wrap('cannot be written', () => this.#storage.settle(settled));
  }

  async adopt(storeId: string, fence: Fence): Promise<void> {
    const adopt = () => this.#storage.adopt(storeId, fence);
    if (!(await this.#wrap('cannot be given another store id', adopt))) throw staleFence(fence);
  }

  #requireSession(session: unknown): S | undefined {
    if (session === undefined || this.#storage.isSession?.(session)) return session;
    throw new AuditStoreError(`The audit store ${this.name} was given a session that is not its own`, {
      fix: [
        'call append() with the session of a target system that shares the resource of this store, or with none',
      ],
    });
  }

  #orNothing<T extends AuditSummary>(read: () => Promise<T>): Promise<T | typeof NOTHING_YET> {
    const readOrNothing = () =>
      read().catch((error: unknown) => {
        if (this.#storage.isUnopened?.(error)) return NOTHING_YET;
        throw error;
      });
    return this.#wrap('cannot be read', readOrNothing, false);
  }

  #wrap<T>(what: string, work: () => Promise<T>, exists = true): Promise<T> {
    return wrapError(work, (error) => this.#storage.failed(what, error, exists));
  }
}

/** The lease has another holder by now, or none. */
export function staleFence({ token, holder }: Fence): StaleFenceError {
  return new StaleFenceError(
    `The lease with token ${token} of execution ${holder} is not the current one; nothing was written`,
  );
}

/** The entries do not come right behind the last one. @param audit - what holds them, for people: `audit table` */
export function notTheEnd(entries: readonly AuditEntry[], audit: string): AppendRefusedError {
  return new AppendRefusedError(
    `Audit entries from seq ${entries[0]?.seq} on do not continue the chain as it is; nothing was written`,
    { fix: [`let nobody write to the ${audit} by hand; run verifyAudit() to see whether somebody did`] },
  );
}

/** The server answered that it will not write. @param refused - who refused what: `The audit store x refused entry` */
export function refusedByServer(
  refused: string,
  entries: readonly AuditEntry[],
  cause: unknown,
  fix: readonly string[] = [],
): AppendRefusedError {
  const seqs = entries.map(({ seq }) => seq).join(', ');
  return new AppendRefusedError(`${refused} ${seqs}: ${messageOf(cause)}`, { cause, fix });
}

function checkSequence(entries: readonly AuditEntry[]): void {
  for (const [index, { seq }] of entries.entries()) {
    const expected = (entries[0]?.seq ?? 1) + index;
    if (seq !== expected)
      throw new AppendRefusedError(
        `Audit entries must be consecutive: seq ${seq} stands where ${expected} is due; nothing was written`,
      );
  }
}

/** The namespace, if every server can keep it. @throws AuditStoreError when it is blank or has more than 200 characters */
export function requireNamespace(namespace: string): string {
  if (namespace.trim() && Array.from(namespace).length <= 200) return namespace;
  throw new AuditStoreError(`The namespace '${namespace}' cannot be used`, {
    fix: ['write a text of 1 to 200 characters that are not all blank'],
  });
}

/** What a store says before it was opened. */
export const NOTHING_YET: AuditSnapshot = {
  ready: false,
  storeId: null,
  token: 0,
  head: EMPTY_CHAIN,
  last: EMPTY_CHAIN,
  settled: { seq: 0, digests: [] },
  holder: null,
  latest: [],
};
