import type { DataSource } from 'typeorm';
import { injectableTarget } from '../../core/kit/injectable.js';
import type { ChainIdentity } from '../../core/model/audit-store.js';
import { type Duration, parseDuration } from '../../core/model/duration.js';
import type { NotePreviewed } from '../../core/model/recipe.js';
import type {
  AttemptScope,
  Clients,
  ErrorExplanation,
  MarkerStore,
  PreviewableTargetSystem,
  TargetTransaction,
  TransactionalTargetSystem,
} from '../../core/model/target-system.js';
import { clientsOf } from './attempt-clients.js';
import { DEFAULT_DATA_SOURCE } from './data-source-token.js';
import { dialectOf } from './dialect-of.js';
import type { Dialect } from './dialect.js';
import { explainError } from './explain-error.js';
import { type MarkerTables, markerTables } from './marker-tables.js';
import { ownSchemaChanges } from './own-schema-changes.js';
import { runConnected } from './run-connected.js';
import { runPreview } from './run-preview.js';
import { runTransaction } from './run-transaction.js';
import { createRunner } from './runner.js';
import { type MarkerStoreParts, TypeOrmMarkerStore } from './typeorm-marker.store.js';

/** How a target system keeps its own two small tables. */
export interface TypeOrmTargetSystemOptions {
  /** Schema of the tables (PostgreSQL), or database (MySQL, MariaDB). @default the DataSource's */
  readonly schema?: string;
  /** Create the tables when they are missing. When false, the error about missing tables contains the statements to run. @default true */
  readonly createTables?: boolean;
  /** Table of the markers that are committed together with the effect of a change. @default 'flamingock_marker' */
  readonly markerTable?: string;
  /** Table of the fences, which shut out a process that has lost the lock. @default 'flamingock_fence' */
  readonly fenceTable?: string;
  /** How long to wait for another session's lock on these tables, or on a SQLite database. @default '10s' */
  readonly lockWait?: Duration;
  /**
   * How long a preview may take and hold locks; on PostgreSQL and SQLite, that of all pending changes together. It waits half as long for
   * another session's lock.
   *
   * @default '2s'
   */
  readonly previewLimit?: Duration;
}

/**
 * A SQL database, through TypeORM: PostgreSQL, MySQL, MariaDB or SQLite (better-sqlite3).
 *
 * A change runs in a transaction on one connection and gets it as `QueryRunner` (its main client), `EntityManager` or `DataSource`.
 * A repository or a service from the change's constructor works on the pool instead, outside that transaction; so does the
 * `DataSource`. Each of their statements is refused and fails the change, unless the change says `outsideTransaction: 'allow'`. Use
 * `manager.withRepository(repository)` instead. On SQLite, which has one connection, they are part of the transaction, and statements of
 * the rest of the app wait for its end, up to 15 s.
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
  readonly #dialect: Dialect;
  readonly #tables: MarkerTables;
  readonly #lockWaitMs: number;
  readonly #createTables: boolean;
  readonly #previewLimitMs: number;

  readonly #dataSource: DataSource;

  /**
   * @param id - the name that changes give in `targetSystem`
   * @param dataSource - the app's DataSource; the target system neither initializes nor destroys it
   * @throws TargetSystemError when TypeORM's driver is not supported
   * @throws RangeError when `lockWait` or `previewLimit` is no duration
   */
  constructor(
    readonly id: string,
    dataSource: DataSource,
    options: TypeOrmTargetSystemOptions = {},
  ) {
    this.#dataSource = dataSource;
    const {
      schema = schemaOf(dataSource),
      createTables = true,
      markerTable = 'flamingock_marker',
      fenceTable = 'flamingock_fence',
    } = options;
    this.kind = `typeorm:${dataSource.options.type}`;
    this.resource = dataSource;
    this.#dialect = dialectOf(dataSource);
    this.commitsImplicitly = this.#dialect.commitsImplicitly;
    this.previewsTogether = !this.commitsImplicitly;
    this.#tables = markerTables(this.#dialect, { schema, markerTable, fenceTable });
    this.#lockWaitMs = parseDuration(options.lockWait ?? '10s');
    this.#createTables = createTables;
    this.#previewLimitMs = parseDuration(options.previewLimit ?? '2s');
  }

  /**
   * A target system whose DataSource comes from the container.
   *
   * @param token - `getDataSourceToken(name)` of `@nestjs/typeorm` for a named one; default: the default DataSource
   */
  static readonly inject = injectableTarget(TypeOrmTargetSystem, 'TypeOrmTargetSystem', DEFAULT_DATA_SOURCE);

  warnings(): string[] {
    return ownSchemaChanges(this.#dataSource);
  }

  clients(): Clients {
    return clientsOf(createRunner(this.#dataSource, this.#dialect), this.#dataSource);
  }

  connect<T>(scope: AttemptScope, work: (clients: Clients) => Promise<T>): Promise<T> {
    return runConnected({ ...this.#parts, scope }, work);
  }

  explain(error: unknown): ErrorExplanation | undefined {
    return explainError(this.#dialect, error);
  }

  async transaction<T>(
    scope: AttemptScope,
    work: (transaction: TargetTransaction) => Promise<T>,
  ): Promise<T> {
    return runTransaction({ ...this.#parts, scope }, work);
  }

  /**
   * On PostgreSQL and SQLite, runs the changes in a transaction that is rolled back, and reports its statements except reads. On MySQL
   * and MariaDB, where some statements commit by themselves, sends only reads, in a read-only session.
   * Statements are reported without their parameters.
   */
  preview(
    scope: AttemptScope,
    note: NotePreviewed,
    work: (clients: Clients) => Promise<void>,
  ): Promise<void> {
    return runPreview({ ...this.#parts, scope, limitMs: this.#previewLimitMs }, note, work);
  }

  markers(chain: ChainIdentity): MarkerStore {
    return new TypeOrmMarkerStore({ ...this.#parts, createTables: this.#createTables }, chain);
  }

  get #parts(): Omit<MarkerStoreParts, 'createTables'> {
    const { id: targetId } = this;
    const dataSource = this.#dataSource;
    const dialect = this.#dialect;
    const tables = this.#tables;
    const lockWaitMs = this.#lockWaitMs;
    return { targetId, dataSource, dialect, tables, lockWaitMs };
  }
}

function schemaOf({ options }: DataSource): string | undefined {
  return options.type === 'postgres' ? options.schema : undefined;
}
