import type { DataSource, QueryRunner } from 'typeorm';
import { AuditStoreError, FlamingockError } from '../../core/model/errors.js';
import { connectionQueue } from './connection-queue.js';
import { inTimeOrCut } from './cut-off.js';
import { dialectOf } from './dialect-of.js';
import type { Dialect } from './dialect.js';
import { isWithin } from './outside-transaction.js';
import { createOwnRunner, discard } from './runner.js';
import { type Sql, textOf, type Outcome } from './sql.js';
import { sqliteConnection, whenFree } from './sqlite-connection.js';
import { executeInTick, executeTogether, whileLocked } from './sqlite-statement.js';

/** Runs one statement. */
export type Execute = (statement: Sql) => Promise<Outcome>;

/** How long a statement may take that no lease bounds, in milliseconds. */
const LONGEST_MS = 60_000;

/** A connection that answers at all is not given up for a lease that is shorter, in milliseconds. */
const SHORTEST_MS = 1_000;

/** How the audit store's own statements reach the database: on a connection that no transaction of others is open on. */
export class StoreConnection {
  readonly dialect: Dialect;

  readonly #dataSource: DataSource;

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
    this.dialect = dialectOf(dataSource);
  }

  /** True while a transaction of a target system, which has the database's write lock, has the only connection. */
  get isHeld(): boolean {
    return connectionQueue(this.#dataSource).held !== undefined;
  }

  /**
   * Gives `work` a connection, in its turn where there is only one.
   *
   * @param withinMs - how long it may take where the database is elsewhere
   */
  async use<T>(work: (execute: Execute) => Promise<T>, withinMs = LONGEST_MS): Promise<T> {
    this.#requireInitialized();
    if (!this.dialect.singleConnection) return this.#useRunner(work, withinMs);
    return connectionQueue(this.#dataSource).run(() => work((statement) => this.#executeWhenFree(statement)));
  }

  /**
   * As `use`, and once more when the connection broke: for work that does no harm when it is done twice.
   *
   * @param withinMs - how long both together may take; a connection that was silent for the half of it and more is the last one
   */
  async useAgain<T>(work: (execute: Execute) => Promise<T>, withinMs = LONGEST_MS): Promise<T> {
    const start = performance.now();
    try {
      return await this.use(work, withinMs);
    } catch (error) {
      const leftMs = withinMs - (performance.now() - start);
      if (this.#isSettled(error) || leftMs < withinMs / 2) throw error;
      return this.use(work, leftMs);
    }
  }

  /** Runs a statement that only reads. */
  async read(statement: Sql): Promise<Outcome> {
    const dataSource = this.#dataSource;
    // A change that reads its own audit store would wait for itself.
    if (this.isHeld && isWithin(dataSource)) return executeInTick(sqliteConnection(dataSource), statement);
    return this.useAgain((execute) => execute(statement));
  }

  /** Statements that are part of the transaction of `runner`. */
  within(runner: QueryRunner): Execute {
    return async (statement) => {
      const result = await runner.query(textOf(statement, this.dialect), [...statement.values], true);
      return { rows: result.records, written: result.affected ?? 0 };
    };
  }

  /**
   * At once, without a turn: `write` as long as no transaction is open on the only connection, else `look`.
   *
   * @returns how many rows it wrote or found
   */
  writeOrLook(write: Sql, look: Sql): Promise<number> {
    return whileLocked(this.#dataSource, () => {
      const connection = sqliteConnection(this.#dataSource);
      const { rows, written } = executeInTick(connection, connection.inTransaction ? look : write);
      return rows.length + written;
    });
  }

  /** SQLite: both in one transaction and one tick, in the turn of the connection; nothing when the first writes no row. @returns whether it did */
  writeTogether(first: Sql, second: Sql): Promise<boolean> {
    const dataSource = this.#dataSource;
    return whileLocked(dataSource, () =>
      whenFree(dataSource, (connection) => executeTogether(connection, first, second)),
    );
  }

  async #useRunner<T>(work: (execute: Execute) => Promise<T>, ms: number): Promise<T> {
    const { dialect } = this;
    const runner = createOwnRunner(this.#dataSource, dialect);
    try {
      return await inTimeOrCut({ ms: Math.max(ms, SHORTEST_MS), runner, dialect }, () =>
        work(this.within(runner)),
      );
    } catch (error) {
      // The next one who asks the pool would get the broken connection.
      if (!this.#isSettled(error)) await discard(runner, dialect).catch(() => undefined);
      throw error;
    } finally {
      if (!runner.isReleased) await runner.release();
    }
  }

  #isSettled(error: unknown): boolean {
    return error instanceof FlamingockError || this.dialect.errors.isAnswered(error);
  }

  #executeWhenFree(statement: Sql): Promise<Outcome> {
    const dataSource = this.#dataSource;
    return whileLocked(dataSource, () =>
      whenFree(dataSource, (connection) => executeInTick(connection, statement)),
    );
  }

  #requireInitialized(): void {
    if (this.#dataSource.isInitialized) return;
    throw new AuditStoreError('The DataSource of the audit store is not initialized, or has been destroyed', {
      fix: [
        'call `await dataSource.initialize()` before the store is used; TypeOrmModule.forRoot does it on its own',
        'let changes run before the DataSource is destroyed',
      ],
    });
  }
}
