import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { refusedByServer, staleFence } from '../../core/append-refusals.js';
import type { AuditEntry } from '../../core/audit-entry.js';
import type {
  Acquisition,
  AuditSnapshot,
  AuditStore,
  AuditSummary,
  Fence,
  HistoryQuery,
  LeaseRequest,
  Settled,
} from '../../core/audit-store.js';
import { demandNamespace } from '../../core/demand-namespace.js';
import { messageOf } from '../../core/error-text.js';
import { AuditStoreError } from '../../core/errors.js';
import type { Injected, InjectionTokenOf } from '../../core/injected.js';
import { LeaseWatch } from '../../core/lease-watch.js';
import { NOTHING_YET } from '../../core/nothing-yet.js';
import { retold } from '../../core/retold.js';
import { appendAlone, appendWithin } from './append-entries.js';
import { isAnswered, isConditionFailed, isMissingTable } from './aws-errors.js';
import { createTable } from './create-table.js';
import { DynamoDbTransaction } from './dynamodb-transaction.js';
import { adopting, releasing, renewing, settling } from './head.js';
import { readHistory } from './history.js';
import { openNamespace } from './open-namespace.js';
import { OwnCalls } from './own-calls.js';
import { readSnapshot } from './snapshot.js';
import { storeFailed, tableMissing } from './store-errors.js';
import { STORE_UPGRADES, type StorePlace } from './store-place.js';
import { readSummary } from './summary.js';
import { auditTable } from './table-definitions.js';
import { takeLease } from './take-lease.js';

/** How a DynamoDB audit store keeps its table. */
export interface DynamoDbAuditStoreOptions {
  /**
   * Several apps in one table: each namespace has its own chain, changes and lock. Up to 200 characters.
   * @default 'default'
   */
  readonly namespace?: string;
  /**
   * False: the table must exist already; `tableDefinition()` tells how it is created.
   * @default true
   */
  readonly createTables?: boolean;
  /** Entries, latest entries and lock are in one table. @default 'flamingock_audit' */
  readonly auditTable?: string;
}

/**
 * Keeps the audit in a DynamoDB table, billed on demand, by the app's own document client.
 *
 * Nothing is scanned: a run with nothing to do reads two items, any other the partition with the latest entry of each change,
 * and a change's history has an index; all cost the same when the table has millions of items. All reads are consistent.
 * DynamoDB tells no time: a dead holder's lease is free once this process has watched it for a whole lease.
 * A change on a `DynamoDbTargetSystem` with the same client is *shared*: one transaction holds its effect and its audit entry.
 */
export class DynamoDbAuditStore implements AuditStore {
  readonly name: string;
  readonly namespace: string;
  readonly keepsLatestApart = true;
  readonly resource: DynamoDBDocumentClient;
  private readonly place: StorePlace;
  private readonly definition: CreateTableCommandInput;
  private readonly mayCreate: boolean;
  private readonly watch = new LeaseWatch(() => performance.now());

  /** @throws AuditStoreError for a namespace that cannot be one */
  constructor(client: DynamoDBDocumentClient, options: DynamoDbAuditStoreOptions = {}) {
    const { namespace = 'default', createTables = true, auditTable: table = 'flamingock_audit' } = options;
    this.name = `dynamodb:${table}`;
    this.namespace = demandNamespace(namespace);
    this.resource = client;
    this.place = { calls: new OwnCalls(client), table, namespace, upgrades: STORE_UPGRADES };
    this.definition = auditTable(table);
    this.mayCreate = createTables;
  }

  /** The store of a document client that Nest knows. @param token - default: the class DynamoDBDocumentClient */
  static inject(
    token: InjectionTokenOf<DynamoDBDocumentClient> = DynamoDBDocumentClient,
    options?: DynamoDbAuditStoreOptions,
  ): Injected<DynamoDbAuditStore, DynamoDBDocumentClient> {
    return {
      token,
      label: 'DynamoDbAuditStore',
      create: (client) => new DynamoDbAuditStore(client, options),
    };
  }

  /** What `CreateTableCommand` takes to create the table, for somebody who may. */
  tableDefinition(): CreateTableCommandInput {
    return structuredClone(this.definition);
  }

  async open(): Promise<void> {
    await this.told('cannot be opened', async () => {
      const found = await orWithoutTable(openNamespace(this.place), 'no table');
      if (found !== 'no table') return;
      await this.create();
      await openNamespace(this.place);
    });
  }

  async summary(): Promise<AuditSummary> {
    const reading = () => orWithoutTable(readSummary(this.place, this.watch), WITHOUT_TABLE);
    return this.told('cannot be read', reading);
  }

  async snapshot(): Promise<AuditSnapshot> {
    const reading = () => orWithoutTable(readSnapshot(this.place, this.watch), NOTHING_YET);
    return this.told('cannot be read', reading);
  }

  async append(entries: readonly AuditEntry[], fence: Fence, session?: unknown): Promise<void> {
    if (entries.length === 0) return;
    const append = { entries, fence };
    try {
      if (session === undefined) await appendAlone(this.place, append);
      else await appendWithin(this.place, append, demandTransaction(session));
    } catch (error) {
      throw isAnswered(error) ? refusedByServer('DynamoDB refused audit entry', entries, error) : error;
    }
  }

  async *history(query: HistoryQuery = {}): AsyncIterable<AuditEntry> {
    try {
      yield* readHistory(this.place, query);
    } catch (error) {
      if (!isMissingTable(error)) throw storeFailed(this.definition, 'cannot be read', error);
    }
  }

  acquire(request: LeaseRequest): Promise<Acquisition | null> {
    return this.told('cannot give the lease', () => takeLease(this.place, this.watch, request), true);
  }

  renew(fence: Fence): Promise<boolean> {
    return isWritten(this.place.calls.update(renewing(this.place, fence)));
  }

  async release(fence: Fence, settled?: Settled): Promise<void> {
    await isWritten(this.place.calls.update(releasing(this.place, fence, settled)));
  }

  async settle(settled: Settled): Promise<void> {
    await isWritten(this.place.calls.update(settling(this.place, settled)));
  }

  async adopt(storeId: string, fence: Fence): Promise<void> {
    const adopt = () => isWritten(this.place.calls.update(adopting(this.place, storeId, fence)));
    if (!(await this.told('cannot be given another store id', adopt, true))) throw staleFence(fence);
  }

  private async create(): Promise<void> {
    if (!this.mayCreate) throw tableMissing(this.definition, 'createTables is false');
    try {
      await createTable(this.place.calls, this.definition);
    } catch (error) {
      throw tableMissing(this.definition, `cannot be created: ${messageOf(error)}`, error);
    }
  }

  /** Tells of a failure in words of our own. */
  private told<T>(what: string, work: () => Promise<T>, exists = false): Promise<T> {
    return retold(work, (error) => storeFailed(this.definition, what, error, exists));
  }
}

const { latest: _, ...WITHOUT_TABLE } = NOTHING_YET;

function orWithoutTable<T, D>(reading: Promise<T>, instead: D): Promise<T | D> {
  return reading.catch((error: unknown) => {
    if (isMissingTable(error)) return instead;
    throw error;
  });
}

/** False when the item was not as the update demands. */
async function isWritten(writing: Promise<void>): Promise<boolean> {
  return writing.then(
    () => true,
    (error: unknown) => {
      if (isConditionFailed(error)) return false;
      throw error;
    },
  );
}

function demandTransaction(session: unknown): DynamoDbTransaction {
  if (session instanceof DynamoDbTransaction) return session;
  throw new AuditStoreError('append() was given a session that is no transaction of a DynamoDbTargetSystem', {
    fix: ['hand it the session of a DynamoDbTargetSystem transaction, or none'],
  });
}
