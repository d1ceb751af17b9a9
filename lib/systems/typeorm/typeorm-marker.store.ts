import type { DataSource, QueryRunner } from 'typeorm';
import type { ChainHead } from '../../core/model/audit-entry.js';
import type { ChainIdentity } from '../../core/model/audit-store.js';
import { TargetSystemError } from '../../core/model/errors.js';
import type { KnownFence, Marker, MarkerStore, TargetFence } from '../../core/model/target-system.js';
import { type BoundedParts, boundedTransaction } from './bounded-transaction.js';
import { connectionQueue } from './connection-queue.js';
import { inTimeOrCut } from './cut-off.js';
import type { Dialect } from './dialect.js';
import { fenceOffSessions } from './former-sessions.js';
import { MarkerRows } from './marker-rows.js';
import {
  deniedTables,
  type MarkerTables,
  missingTables,
  newerMarkerTables,
  readOnlyTables,
  upgradeMarkerTables,
} from './marker-tables.js';
import { isReadOnly } from './read-only.js';
import { withRunner } from './runner.js';

/** What a marker store works with. */
export interface MarkerStoreParts {
  readonly targetId: string;
  readonly dataSource: DataSource;
  readonly dialect: Dialect;
  readonly tables: MarkerTables;
  readonly lockWaitMs: number;
  readonly createTables: boolean;
}

const CREATE_TRIES = 5;

/** How long a statement that waits for no lock may take, in milliseconds. */
const LONGEST_MS = 60_000;

/** The fence and the markers of one chain, on connections of its own. */
export class TypeOrmMarkerStore implements MarkerStore {
  readonly #parts: MarkerStoreParts;
  readonly #chain: ChainIdentity;

  constructor(parts: MarkerStoreParts, chain: ChainIdentity) {
    this.#parts = parts;
    this.#chain = chain;
  }

  async open(): Promise<void> {
    try {
      await this.#run(async (runner) => {
        if (!(await this.#tablesExist(runner))) await this.#create(runner);
        await this.#upgrade(runner);
        await this.#rows(runner).insertFence();
      });
    } catch (error) {
      throw this.#explained(error);
    }
  }

  raiseFence(token: number): Promise<TargetFence> {
    return this.#raiseFence(token).catch((error: unknown) => {
      throw isReadOnly(error) ? this.#explained(error) : error;
    });
  }

  /** Explains errors by which the database refuses to write; returns others as they are. */
  #explained(error: unknown): unknown {
    const { dialect, tables, targetId } = this.#parts;
    const location = `target system '${targetId}'`;
    if (error instanceof TargetSystemError) return error;
    if (isReadOnly(error)) return readOnlyTables(tables, location, error);
    return dialect.errors.isMissingRight(error) ? deniedTables(tables, location, error) : error;
  }

  async #raiseFence(token: number): Promise<TargetFence> {
    await this.#run((runner) => this.#rows(runner).insertFence());
    const raise = (runner: QueryRunner): Promise<TargetFence> => this.#rows(runner).raiseFence(token);
    return this.#parts.dialect.commitsImplicitly
      ? fenceOffSessions({ ...this.#bounded, chain: this.#chain, token }, raise)
      : boundedTransaction(this.#bounded, raise);
  }

  async read(): Promise<readonly Marker[]> {
    return this.#run(async (runner) => {
      try {
        return await this.#rows(runner).read();
      } catch (error) {
        if (this.#isMissing(error)) return [];
        throw error;
      }
    });
  }

  async remove(changeIds: readonly string[], token: number, witness: ChainHead): Promise<void> {
    if (!changeIds.length || !(await this.#run((runner) => this.#tablesExist(runner)))) return;
    await boundedTransaction(this.#bounded, async (runner) => {
      const rows = this.#rows(runner);
      const fence = await rows.lockFence();
      if (fence && fence.token > token) return;
      await rows.removeAll(changeIds);
      if (fence) await rows.advanceWitness(fence, witness);
    });
  }

  async fences(): Promise<readonly KnownFence[]> {
    return this.#run(async (runner) => {
      try {
        return await this.#rows(runner).fences();
      } catch (error) {
        if (this.#isMissing(error)) return [];
        throw error;
      }
    });
  }

  async forget(): Promise<void> {
    if (!(await this.#run((runner) => this.#tablesExist(runner)))) return;
    await boundedTransaction(this.#bounded, (runner) => this.#rows(runner).forget());
  }

  /** @throws TargetSystemError when a newer version of this library has upgraded the tables */
  async #upgrade(runner: QueryRunner): Promise<void> {
    const { tables, targetId } = this.#parts;
    if ((await this.#rows(runner).fenceVersion()) === tables.version) return;
    const found = await upgradeMarkerTables(runner, tables);
    if (found > tables.version) throw newerMarkerTables(tables, `target system '${targetId}'`, found);
  }

  #rows(runner: QueryRunner): MarkerRows {
    return new MarkerRows(runner, this.#parts.tables, this.#chain);
  }

  #run<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    const { dataSource, dialect } = this.#parts;
    return connectionQueue(dataSource).run(() =>
      withRunner(dataSource, dialect, (runner) =>
        inTimeOrCut({ ms: LONGEST_MS, runner, dialect }, () => work(runner)),
      ),
    );
  }

  get #bounded(): MarkerStoreParts & BoundedParts {
    const what = `The fence of target system '${this.#parts.targetId}' (namespace '${this.#chain.namespace}', table ${this.#parts.tables.fence})`;
    return { ...this.#parts, what };
  }

  async #tablesExist(runner: QueryRunner): Promise<boolean> {
    try {
      for (const table of [this.#parts.tables.marker, this.#parts.tables.fence])
        await runner.query(`SELECT 1 FROM ${table} WHERE 1 = 0`);
      return true;
    } catch (error) {
      if (this.#isMissing(error)) return false;
      throw error;
    }
  }

  async #create(runner: QueryRunner): Promise<void> {
    const { tables, targetId, createTables, dialect } = this.#parts;
    const location = `target system '${targetId}'`;
    if (!createTables) throw missingTables(tables, location, 'createTables is false');
    try {
      for (const statement of tables.ddl) await this.#createOne(runner, statement);
    } catch (error) {
      if (!dialect.errors.isMissingRight(error) && !dialect.errors.isMissingSchema(error)) throw error;
      throw missingTables(tables, location, 'they cannot be created by this app', error);
    }
  }

  /** Tries again on a race: when two processes run CREATE TABLE IF NOT EXISTS at once, PostgreSQL lets one of them fail. */
  async #createOne(runner: QueryRunner, statement: string, tries = CREATE_TRIES): Promise<void> {
    try {
      await runner.query(statement);
    } catch (error) {
      if (!this.#parts.dialect.errors.isDuplicate(error) || tries <= 1) throw error;
      await this.#createOne(runner, statement, tries - 1);
    }
  }

  #isMissing(error: unknown): boolean {
    const { errors } = this.#parts.dialect;
    return errors.isMissingTable(error) || errors.isMissingSchema(error);
  }
}
