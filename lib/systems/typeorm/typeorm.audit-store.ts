import type { DataSource, QueryRunner } from 'typeorm';
import { type Append, type AuditStorage, BaseAuditStore } from '../../core/kit/base-audit-store.js';
import { type HistoryPage, historyPages } from '../../core/kit/history-pages.js';
import { injectable } from '../../core/kit/injectable.js';
import { wrapError } from '../../core/kit/wrap-error.js';
import type { Fence } from '../../core/model/audit-store.js';
import { acquireLease } from './acquire-lease.js';
import { appendEntries, appendStatements, checkEntries, refusal } from './append-entries.js';
import { entryOf } from './audit-table.js';
import { DEFAULT_DATA_SOURCE } from './data-source-token.js';
import type { Dialect } from './dialect.js';
import { changeStoreId, findLease, releaseLease, renewLease, settleFree } from './lock-table.js';
import { ensureLockRow, isMissing, openTables, type TablesOwner } from './open-tables.js';
import { ownSchemaChanges } from './own-schema-changes.js';
import { pageStatement, snapshotOf, snapshotStatement, summaryOf, summaryStatement } from './snapshot.js';
import type { Sql } from './sql.js';
import { type Execute, StoreConnection } from './store-connection.js';
import { storeFailed } from './store-errors.js';
import { storeTables, type StoreTables } from './store-tables.js';
import { inTransaction, inTurns } from './store-transaction.js';

/** The part of a lease that its release may take. */
const RELEASE_SHARE = 0.9;

/** How many entries SQLite reads at once. A page is no round trip, but it blocks the process, and entries may have long texts. */
const SQLITE_PAGE = 40;

/** How a TypeORM audit store keeps its tables. */
export interface TypeOrmAuditStoreOptions {
  /**
   * Several apps in one database: each namespace has its own chain, changes and lock. Up to 200 characters.
   * @default 'default'
   */
  readonly namespace?: string;
  /**
   * False: the tables must exist already; `ddl()` tells how they are created.
   * @default true
   */
  readonly createTables?: boolean;
  /**
   * Schema of the tables (MySQL, MariaDB: a database; SQLite: an attached one). It must exist.
   * @default the DataSource's own `schema` on PostgreSQL; otherwise where the connection stands
   */
  readonly schema?: string;
  /** @default 'flamingock_audit' */
  readonly auditTable?: string;
  /** @default 'flamingock_lock' */
  readonly lockTable?: string;
}

/**
 * Keeps the audit in a SQL database, on the app's own DataSource: PostgreSQL, MySQL, MariaDB or SQLite (better-sqlite3).
 *
 * No entity is registered and `synchronize` is not needed. Its statements never become part of a transaction of the app's own.
 * With a pool it needs two connections, so that the lease can be renewed while a change has one.
 * A change on a `TypeOrmTargetSystem` with the same DataSource is *shared*: one commit holds its effect and its audit entry.
 */
export class TypeOrmAuditStore extends BaseAuditStore<QueryRunner> {
  readonly resource: DataSource;
  readonly #tables: StoreTables;

  /** @throws TargetSystemError for a DataSource of a type that is not supported, AuditStoreError for a namespace that cannot be one */
  constructor(dataSource: DataSource, options: TypeOrmAuditStoreOptions = {}) {
    const { namespace = 'default', createTables: mayCreate = true, schema } = options;
    const { auditTable = 'flamingock_audit', lockTable = 'flamingock_lock' } = options;
    const name = `typeorm:${dataSource.options.type}`;
    const tables = storeTables(dataSource, namespace, { schema, auditTable, lockTable });
    super(name, namespace, storageIn(new StoreConnection(dataSource), tables, { name, mayCreate }));
    this.resource = dataSource;
    this.#tables = tables;
  }

  /**
   * The store of a DataSource that Nest knows.
   *
   * @param token - of the DataSource: `getDataSourceToken('name')` for a named connection
   * @default token: the class DataSource, which is the default connection
   */
  static readonly inject = injectable(TypeOrmAuditStore, 'TypeOrmAuditStore', DEFAULT_DATA_SOURCE);

  /** The statements that create the tables, to be executed once by somebody who may. */
  ddl(): string[] {
    return [...this.#tables.ddl];
  }

  warnings(): string[] {
    return ownSchemaChanges(this.resource);
  }
}

function storageIn(
  connection: StoreConnection,
  tables: StoreTables,
  owner: TablesOwner,
): AuditStorage<QueryRunner> {
  const { singleConnection, errors } = tables.dialect;
  const read = async (statement: Sql) => (await connection.read(statement)).rows;
  const readPage = async (page: HistoryPage) => (await read(pageStatement(tables, page))).map(entryOf);
  const run = (statement: Sql, withinMs?: number) =>
    connection.useAgain((execute) => execute(statement), withinMs);
  return {
    open: () => openStore(connection, tables, owner),
    summary: async () => summaryOf(tables, (await read(summaryStatement(tables)))[0]),
    snapshot: async () => snapshotOf(tables, await read(snapshotStatement(tables))),
    append: (append, session) => appendTo(connection, tables, append, session),
    history: (query) =>
      singleConnection ? inTurns(historyPages(query, readPage, SQLITE_PAGE)) : historyPages(query, readPage),
    // Tried once only: a second try could find the lease taken by the first one.
    acquire: (request) =>
      connection.use((execute) => acquireLease(execute, tables, request), request.leaseMs),
    renew: (fence) => renew(connection, tables, fence),
    // The app may close its pool one lease after this call. No statement may still run then.
    release: (fence, settled) => run(releaseLease(tables, fence, settled), fence.leaseMs * RELEASE_SHARE),
    settle: (settled) => run(settleFree(tables, settled)),
    adopt: async (storeId, fence) =>
      (await run(changeStoreId(tables, storeId, fence), fence.leaseMs)).written === 1,
    isSession: isRunner,
    isUnopened: (error) => isMissing(tables, error),
    isAnswered: (error) => errors.isAnswered(error),
    failed: (what, cause, exists) => storeFailed(owner.name, tables, what, cause, exists),
  };
}

function openStore(connection: StoreConnection, tables: StoreTables, owner: TablesOwner): Promise<void> {
  let exist = false;
  const open = () =>
    connection.useAgain(async (execute) => {
      await openTables(execute, tables, owner);
      exist = true;
      await ensureLockRow(execute, tables);
    });
  return wrapError(open, (error) => storeFailed(owner.name, tables, 'cannot be opened', error, exist));
}

async function renew(connection: StoreConnection, tables: StoreTables, fence: Fence): Promise<boolean> {
  const renewal = renewLease(tables, fence);
  // A transaction has SQLite's only connection, and with it the write lock. Nobody can take the lease meanwhile, and a write would become part of that transaction.
  if (connection.isHeld) return (await connection.writeOrLook(renewal, findLease(tables, fence))) === 1;
  const { written } = await connection.useAgain((execute) => execute(renewal), fence.leaseMs);
  return written === 1;
}

async function appendTo(
  connection: StoreConnection,
  tables: StoreTables,
  append: Append,
  session: QueryRunner | undefined,
): Promise<void> {
  checkEntries(append.entries);
  if (session) return appendEntries(connection.within(session), tables, append);
  const appendOn: Record<Dialect['name'], (execute: Execute) => Promise<void>> = {
    postgres: (execute) => appendEntries(execute, tables, append),
    mysql: (execute) => inTransaction(execute, () => appendEntries(execute, tables, append)),
    sqlite: (execute) => appendInTick(connection, execute, tables, append),
  };
  await connection.use(appendOn[tables.dialect.name], append.fence.leaseMs);
}

/** Runs BEGIN to COMMIT without a pause, so that no statement of the app gets in between. */
async function appendInTick(
  connection: StoreConnection,
  execute: Execute,
  tables: StoreTables,
  append: Append,
): Promise<void> {
  const { move, insert } = appendStatements(tables, append);
  if (!(await connection.writeTogether(move, insert))) throw await refusal(execute, tables, append);
}

function isRunner(session: unknown): session is QueryRunner {
  return typeof session === 'object' && session !== null && 'query' in session && 'manager' in session;
}
