import type { DataSource } from 'typeorm';
import type { ChainIdentity } from '../../core/audit-store.js';
import { type Duration, parseDuration } from '../../core/duration.js';
import type { Injected, InjectionTokenOf } from '../../core/injected.js';
import type { NotePreviewed } from '../../core/previewed-operation.js';
import type {
  AttemptScope,
  Clients,
  ErrorExplanation,
  MarkerStore,
  PreviewableTargetSystem,
  TargetTransaction,
  TransactionalTargetSystem,
} from '../../core/target-system.js';
import { clientsOf } from './attempt-clients.js';
import { DEFAULT_DATA_SOURCE } from './data-source-token.js';
import { type Dialect, dialectOf } from './dialect.js';
import { explainError } from './explain-error.js';
import { type MarkerTables, markerTables } from './marker-tables.js';
import { runConnected } from './run-connected.js';
import { runPreview } from './run-preview.js';
import { createRunner } from './runner.js';
import { runTransaction } from './run-transaction.js';
import { type MarkerStoreParts, TypeOrmMarkerStore } from './typeorm-marker.store.js';
import { ownSchemaChanges } from './own-schema-changes.js';

/** How a target system keeps its own two small tables. */
export interface TypeOrmTargetSystemOptions {
  /** Schema of the tables (PostgreSQL), or database (MySQL, MariaDB). @default the DataSource's */
  readonly schema?: string;
  /** Create the tables when they are missing. When false and they are, the error has the statements to run. @default true */
  readonly createTables?: boolean;
  /** Table of the markers that are committed together with the effect of a change. @default 'flamingock_marker' */
  readonly markerTable?: string;
  /** Table of the fencing tokens that shut out a process that has lost the lock. @default 'flamingock_fence' */
  readonly fenceTable?: string;
  /** How long to wait for a lock that another session has on these tables, or on a SQLite database. @default '10s' */
  readonly lockWait?: Duration;
  /**
   * How long a preview may take, and keep its locks: of all pending changes together on PostgreSQL and SQLite. It waits half as long for a lock of another session.
   *
   * @default '2s'
   */
  readonly previewLimit?: Duration;
}

/**
 * A SQL database, by TypeORM: PostgreSQL, MySQL, MariaDB or SQLite (better-sqlite3).
 *
 * A change runs in a transaction on one connection and gets it as `QueryRunner` (its main client), `EntityManager` or `DataSource`.
 * A repository or a service from the change's constructor works on the pool instead, beside that transaction; so does the
 * `DataSource`. Each of their statements is refused and fails the change, unless it says `outsideTransaction: 'allow'`; use
 * `manager.withRepository(repository)`. On SQLite, which has one connection, they are part of the transaction, and what the
 * rest of the app sends meanwhile waits for its end, up to 15 s.
 * Not noticed: another DataSource for the same database, and code that has lost the asynchronous context of the change.
 *
 * With the DataSource of the audit store, the effect of a change and its record are one commit.
 */
export class TypeOrmTargetSystem implements TransactionalTargetSystem, PreviewableTargetSystem {
  readonly kind: string;
  readonly transactional = true;
  readonly resource: unknown;
  readonly commitsImplicitly: boolean;
  readonly previewsTogether: boolean;
  private readonly dialect: Dialect;
  private readonly tables: MarkerTables;
  private readonly lockWaitMs: number;
  private readonly createTables: boolean;
  private readonly previewLimitMs: number;

  /**
   * @param id - what changes name in `targetSystem`
   * @param dataSource - the app's; it is neither initialized nor destroyed here
   * @throws TargetSystemError when TypeORM's driver is not supported
   * @throws RangeError when `lockWait` or `previewLimit` is no duration
   */
  constructor(
    readonly id: string,
    private readonly dataSource: DataSource,
    options: TypeOrmTargetSystemOptions = {},
  ) {
    const {
      schema = schemaOf(dataSource),
      createTables = true,
      markerTable = 'flamingock_marker',
      fenceTable = 'flamingock_fence',
    } = options;
    this.kind = `typeorm:${dataSource.options.type}`;
    this.resource = dataSource;
    this.dialect = dialectOf(dataSource);
    this.commitsImplicitly = this.dialect.commitsImplicitly;
    this.previewsTogether = !this.commitsImplicitly;
    this.tables = markerTables(this.dialect, { schema, markerTable, fenceTable });
    this.lockWaitMs = parseDuration(options.lockWait ?? '10s');
    this.createTables = createTables;
    this.previewLimitMs = parseDuration(options.previewLimit ?? '2s');
  }

  /**
   * A target system whose DataSource comes from the container.
   *
   * @param token - `getDataSourceToken(name)` of `@nestjs/typeorm` for a named one; default: the default DataSource
   */
  static inject(
    id: string,
    token: InjectionTokenOf<DataSource> = DEFAULT_DATA_SOURCE,
    options?: TypeOrmTargetSystemOptions,
  ): Injected<TypeOrmTargetSystem, DataSource> {
    return {
      token,
      label: `TypeOrmTargetSystem '${id}'`,
      create: (dataSource) => new TypeOrmTargetSystem(id, dataSource, options),
    };
  }

  warnings(): string[] {
    return ownSchemaChanges(this.dataSource);
  }

  clients(): Clients {
    return clientsOf(createRunner(this.dataSource, this.dialect), this.dataSource);
  }

  connect<T>(scope: AttemptScope, work: (clients: Clients) => Promise<T>): Promise<T> {
    return runConnected({ ...this.#parts, scope }, work);
  }

  explain(error: unknown): ErrorExplanation | undefined {
    return explainError(this.dialect, error);
  }

  async transaction<T>(
    scope: AttemptScope,
    work: (transaction: TargetTransaction) => Promise<T>,
  ): Promise<T> {
    return runTransaction({ ...this.#parts, scope }, work);
  }

  /**
   * PostgreSQL and SQLite: runs the changes in a transaction that is rolled back, and tells its statements but for reads. MySQL
   * and MariaDB, where some statements commit on their own: sends nothing but reads, in a read-only session.
   * Statements are told without their parameters.
   */
  preview(
    scope: AttemptScope,
    note: NotePreviewed,
    work: (clients: Clients) => Promise<void>,
  ): Promise<void> {
    return runPreview({ ...this.#parts, scope, limitMs: this.previewLimitMs }, note, work);
  }

  markers(chain: ChainIdentity): MarkerStore {
    return new TypeOrmMarkerStore({ ...this.#parts, createTables: this.createTables }, chain);
  }

  get #parts(): Omit<MarkerStoreParts, 'createTables'> {
    const { id: targetId, dataSource, dialect, tables, lockWaitMs } = this;
    return { targetId, dataSource, dialect, tables, lockWaitMs };
  }
}

function schemaOf({ options }: DataSource): string | undefined {
  return options.type === 'postgres' ? options.schema : undefined;
}
