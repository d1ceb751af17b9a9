import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type AuditStorage, BaseAuditStore } from '../../core/kit/base-audit-store.js';
import { injectable } from '../../core/kit/injectable.js';
import { LeaseWatch, watchedLease } from '../../core/kit/watched-lease.js';
import { isAnswered, isMissingRight, isMissingTable, isReadable } from './connection/aws-errors.js';
import { OwnCalls } from './connection/own-calls.js';
import { auditTable } from './connection/tables.js';
import { appendAlone, appendWithin } from './store/append.js';
import { headsIn, readHead } from './store/head.js';
import { openStore } from './store/open.js';
import { readHistory, readSnapshot } from './store/read.js';
import { storeFailed } from './store/store-errors.js';
import { STORE_UPGRADES } from './store/store-location.js';
import { readSummary } from './store/summary.js';
import { DynamoDbTransaction } from './target/transaction.js';

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
export class DynamoDbAuditStore extends BaseAuditStore<DynamoDbTransaction> {
  readonly keepsLatestApart = true;
  readonly resource: DynamoDBDocumentClient;
  readonly #definition: CreateTableCommandInput;

  /** @throws AuditStoreError for a namespace that cannot be one */
  constructor(client: DynamoDBDocumentClient, options: DynamoDbAuditStoreOptions = {}) {
    const { namespace = 'default', createTables = true, auditTable: table = 'flamingock_audit' } = options;
    const definition = auditTable(table);
    super(
      `dynamodb:${table}`,
      namespace,
      storageIn(new OwnCalls(client), namespace, definition, createTables),
    );
    this.resource = client;
    this.#definition = definition;
  }

  /** The store of a document client that Nest knows. @param token - default: the class DynamoDBDocumentClient */
  static readonly inject = injectable(DynamoDbAuditStore, 'DynamoDbAuditStore', DynamoDBDocumentClient);

  /** What `CreateTableCommand` takes to create the table, for somebody who may. */
  tableDefinition(): CreateTableCommandInput {
    return structuredClone(this.#definition);
  }
}

function storageIn(
  calls: OwnCalls,
  namespace: string,
  definition: CreateTableCommandInput,
  mayCreate: boolean,
): AuditStorage<DynamoDbTransaction> {
  const location = { calls, table: definition.TableName ?? '', namespace, upgrades: STORE_UPGRADES };
  const watch = new LeaseWatch(() => performance.now());
  return {
    open: () => openStore(location, definition, mayCreate),
    summary: () => readSummary(location, watch),
    snapshot: () => readSnapshot(location, watch),
    append: (append, session) =>
      session ? appendWithin(location, append, session) : appendAlone(location, append),
    history: (query) => readHistory(location, query),
    ...watchedLease(headsIn(location, watch)),
    isSession: (session) => session instanceof DynamoDbTransaction,
    isUnopened: isMissingTable,
    isAnswered,
    failed: async (what, cause, exists) => {
      const isThere = exists || (isMissingRight(cause) && (await isReadable(readHead(location))));
      return storeFailed(definition, what, cause, isThere);
    },
  };
}
