import type { DataSource, QueryRunner } from 'typeorm';
import { type Append, refusedByServer, staleFence } from '../../core/append-refusals.js';
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
import { AuditStoreError } from '../../core/errors.js';
import { messageOf } from '../../core/error-text.js';
import { type HistoryPage, historyPages } from '../../core/history-pages.js';
import type { Injected, InjectionTokenOf } from '../../core/injected.js';
import { NOTHING_YET } from '../../core/nothing-yet.js';
import { retold } from '../../core/retold.js';
import { appendEntries, appendStatements, refusal } from './append-entries.js';
import { checkEntries } from './check-entries.js';
import { entryOf } from './audit-table.js';
import { DEFAULT_DATA_SOURCE } from './data-source-token.js';
import { pageStatement } from './history.js';
import { inTurns } from './in-turns.js';
import { changeStoreId, findLease, releaseLease, renewLease, settleFree } from './lock-table.js';
import { createTables, ensureLockRow, isMissing, tablesExist, upgradeTables } from './open-tables.js';
import { snapshotOf, snapshotStatement, summaryOf, summaryStatement } from './snapshot.js';
import type { Sql } from './sql.js';
import { StoreConnection, type Execute, type Row } from './store-connection.js';
import { olderTables, storeFailed, tablesMissing } from './store-errors.js';
import { inTransaction } from './store-transaction.js';
import { storeTables, type StoreTables } from './store-tables.js';
import { tryLease } from './take-lease.js';
import { ownSchemaChanges } from './own-schema-changes.js';

/** The part of a lease that its release may take. */
const RELEASE_SHARE = 0.9;

/** How many entries are read at once where nothing else happens meanwhile: a page is no round trip, and an entry may have long texts. */
const SQLITE_PAGE = 40;

/** How a TypeORM audit store keeps its tables. */
export interface TypeOrmAuditStoreOptions {
  /**
   * Several apps in one database: each namespace has its own chain, changes and lock. Up to 255 characters.
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
export class TypeOrmAuditStore implements AuditStore {
  readonly name: string;
  readonly namespace: string;
  readonly resource: DataSource;
  private readonly tables: StoreTables;
  private readonly connection: StoreConnection;
  private readonly mayCreate: boolean;

  /** @throws TargetSystemError for a DataSource of a type that is not supported, AuditStoreError for a namespace that cannot be one */
  constructor(dataSource: DataSource, options: TypeOrmAuditStoreOptions = {}) {
    const { namespace = 'default', createTables: mayCreate = true, schema } = options;
    const { auditTable = 'flamingock_audit', lockTable = 'flamingock_lock' } = options;
    this.name = `typeorm:${dataSource.options.type}`;
    this.namespace = demandNamespace(namespace);
    this.resource = dataSource;
    this.mayCreate = mayCreate;
    this.tables = storeTables(dataSource, namespace, { schema, auditTable, lockTable });
    this.connection = new StoreConnection(dataSource);
  }

  /**
   * The store of a DataSource that Nest knows.
   *
   * @param token - of the DataSource: `getDataSourceToken('name')` for a named connection
   * @default token: the class DataSource, which is the default connection
   */
  static inject(
    token: InjectionTokenOf<DataSource> = DEFAULT_DATA_SOURCE,
    options?: TypeOrmAuditStoreOptions,
  ): Injected<TypeOrmAuditStore, DataSource> {
    return {
      token,
      label: 'TypeOrmAuditStore',
      create: (dataSource) => new TypeOrmAuditStore(dataSource, options),
    };
  }

  /** The statements that create the tables, to be executed once by somebody who may. */
  ddl(): string[] {
    return [...this.tables.ddl];
  }

  warnings(): string[] {
    return ownSchemaChanges(this.resource);
  }

  async open(): Promise<void> {
    let exist = false;
    const open = () =>
      this.connection.useAgain(async (execute) => {
        if (!(await tablesExist(execute, this.tables))) await this.create(execute);
        else await this.upgrade(execute);
        exist = true;
        await ensureLockRow(execute, this.tables);
      });
    await this.told('cannot be opened', open, () => exist);
  }

  async summary(): Promise<AuditSummary> {
    const rows = await this.read(summaryStatement(this.tables));
    return rows ? summaryOf(this.tables, rows[0]) : NOTHING_YET;
  }

  async snapshot(): Promise<AuditSnapshot> {
    const rows = await this.read(snapshotStatement(this.tables));
    return rows ? snapshotOf(this.tables, rows) : NOTHING_YET;
  }

  async append(entries: readonly AuditEntry[], fence: Fence, session?: unknown): Promise<void> {
    if (entries.length === 0) return;
    checkEntries(entries);
    try {
      await this.write({ entries, fence }, session);
    } catch (error) {
      throw this.tables.dialect.errors.isAnswered(error)
        ? refusedByServer(`The audit store ${this.name} refused entry`, entries, error)
        : error;
    }
  }

  history(query: HistoryQuery = {}): AsyncIterable<AuditEntry> {
    const read = async (page: HistoryPage): Promise<readonly AuditEntry[]> =>
      ((await this.read(pageStatement(this.tables, page))) ?? []).map(entryOf);
    return this.tables.dialect.singleConnection
      ? inTurns(historyPages(query, read, SQLITE_PAGE))
      : historyPages(query, read);
  }

  acquire(request: LeaseRequest): Promise<Acquisition | null> {
    // One try only: the second one could find the lease taken by the first.
    const { connection, tables } = this;
    const take = () => connection.use((execute) => tryLease(execute, tables, request), request.leaseMs);
    return this.told('cannot give the lease', take, () => true);
  }

  async renew(fence: Fence): Promise<boolean> {
    // The transaction that has SQLite's only connection has its write lock too: nobody can take the lease, and writing would be part of it.
    if (this.connection.isHeld)
      return (
        (await this.connection.writeOrLook(renewLease(this.tables, fence), findLease(this.tables, fence))) ===
        1
      );
    return this.connection.useAgain(
      async (execute) => (await execute(renewLease(this.tables, fence))).written === 1,
      fence.leaseMs,
    );
  }

  async release(fence: Fence, settled?: Settled): Promise<void> {
    const release = releaseLease(this.tables, fence, settled);
    // Nobody waits for it longer than a lease, and then the app may close its pool: nothing of ours is under way by then.
    await this.connection.useAgain((execute) => execute(release), fence.leaseMs * RELEASE_SHARE);
  }

  async settle(settled: Settled): Promise<void> {
    await this.connection.useAgain((execute) => execute(settleFree(this.tables, settled)));
  }

  async adopt(storeId: string, fence: Fence): Promise<void> {
    const { connection, tables } = this;
    const { written } = await this.told('cannot be given another store id', () =>
      connection.useAgain((execute) => execute(changeStoreId(tables, storeId, fence)), fence.leaseMs),
    );
    if (written !== 1) throw staleFence(fence);
  }

  private async write(append: Append, session: unknown): Promise<void> {
    const { connection, tables } = this;
    if (session !== undefined) return appendEntries(connection.within(demandRunner(session)), tables, append);
    return connection.use(async (execute) => {
      if (tables.dialect.name === 'sqlite') return this.writeInTick(execute, append);
      const work = () => appendEntries(execute, tables, append);
      return tables.dialect.name === 'mysql' ? inTransaction(execute, work) : work();
    }, append.fence.leaseMs);
  }

  /** No statement of the app can get between BEGIN and COMMIT, and no crash. */
  private async writeInTick(execute: Execute, append: Append): Promise<void> {
    const { move, insert } = appendStatements(this.tables, append);
    if (!(await this.connection.writeTogether(move, insert)))
      throw await refusal(execute, this.tables, append);
  }

  /** Undefined where the tables do not exist. */
  private read(statement: Sql): Promise<readonly Row[] | undefined> {
    return this.told('cannot be read', async () => {
      try {
        return (await this.connection.read(statement)).rows;
      } catch (error) {
        if (isMissing(this.tables, error)) return undefined;
        throw error;
      }
    });
  }

  private async upgrade(execute: Execute): Promise<void> {
    try {
      await upgradeTables(execute, this.tables);
    } catch (error) {
      throw this.tables.dialect.errors.isMissingRight(error)
        ? olderTables(this.name, this.tables, error)
        : error;
    }
  }

  private async create(execute: Execute): Promise<void> {
    if (!this.mayCreate) throw tablesMissing(this.name, this.tables, 'createTables is false');
    try {
      await createTables(execute, this.tables);
    } catch (error) {
      throw tablesMissing(this.name, this.tables, `cannot be created: ${messageOf(error)}`, error);
    }
  }

  /** Tells of a failure in words of our own. */
  private told<T>(what: string, work: () => Promise<T>, tablesExist = () => false): Promise<T> {
    return retold(work, (error) => storeFailed(this.name, this.tables, what, error, tablesExist()));
  }
}

function demandRunner(session: unknown): QueryRunner {
  if (typeof session === 'object' && session !== null && 'query' in session && 'manager' in session)
    return session as QueryRunner;
  throw new AuditStoreError('append() was given a session that is no QueryRunner of TypeORM', {
    fix: ['hand it the session of a TypeOrmTargetSystem transaction, or none'],
  });
}
