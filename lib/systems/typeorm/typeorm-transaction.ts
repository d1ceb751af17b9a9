import type { ChainHead } from '../../core/model/audit-entry.js';
import { AttemptEndedError, TargetSystemError } from '../../core/model/errors.js';
import type { Clients, Marker, TargetTransaction } from '../../core/model/target-system.js';
import { type AttemptConnection, awaitForgotten, closeGates } from './attempt-connection.js';
import { isAborted, releaseSavepoint, setSavepoint } from './lost-transaction.js';
import { MarkerRows } from './marker-rows.js';
import { writeOpenMarker } from './open-markers.js';
import { shorten } from './statement.js';

/** An open transaction, from just after its BEGIN to just before its COMMIT. */
export class TypeOrmTransaction implements TargetTransaction {
  readonly clients: Clients;
  /** A QueryRunner that no change ever saw. */
  readonly session: unknown;
  readonly #rows: MarkerRows;
  #sealed: Promise<{ readonly brokenOpen: boolean }> | undefined;

  readonly #attempt: AttemptConnection;

  constructor(attempt: AttemptConnection) {
    this.#attempt = attempt;
    this.clients = attempt.clients;
    this.session = attempt.own;
    this.#rows = new MarkerRows(attempt.own, attempt.tables, attempt.scope);
  }

  /** Call it once, before anything else. It sets the savepoint by which `seal` sees whether the transaction was ended before its time. */
  async open(): Promise<void> {
    if (this.#attempt.dialect.commitsImplicitly) await this.#writeOpenMarker();
    await setSavepoint(this.#attempt.own);
  }

  seal(): Promise<{ readonly brokenOpen: boolean }> {
    return (this.#sealed ??= this.#seal());
  }

  async raiseFence(token: number, witness: ChainHead): Promise<boolean> {
    return (await this.#rows.raiseFence(token, witness)).token === token;
  }

  writeMarker(marker: Marker): Promise<void> {
    return this.#rows.write(marker);
  }

  removeMarkers(changeIds: readonly string[]): Promise<void> {
    return this.#rows.removeAll(changeIds);
  }

  async #seal(): Promise<{ readonly brokenOpen: boolean }> {
    const { gate, outside, dialect } = this.#attempt;
    try {
      await awaitForgotten(this.#attempt);
    } finally {
      closeGates(this.#attempt);
    }
    outside.check();
    const intact = await this.#isIntact();
    if (gate.lost !== undefined) throw this.#rolledBackByDatabase();
    if (gate.late !== undefined) throw this.#cameLate(gate.late);
    if (!intact && !dialect.commitsImplicitly) throw this.#endedByChange();
    if (!intact) await this.#beginAgain();
    else if (dialect.commitsImplicitly) await this.#rows.remove(this.#attempt.scope);
    return { brokenOpen: !intact };
  }

  async #isIntact(): Promise<boolean> {
    try {
      return await releaseSavepoint(this.#attempt.own);
    } catch (error) {
      throw isAborted(error) ? this.#aborted(error) : error;
    }
  }

  /** Begins a transaction for what follows, and removes the open marker in it. */
  async #beginAgain(): Promise<void> {
    const { own, dialect } = this.#attempt;
    await own.query('COMMIT');
    if (dialect.isolation) await own.query(`SET TRANSACTION ISOLATION LEVEL ${dialect.isolation}`);
    await own.query('START TRANSACTION');
    if (await this.#rows.remove(this.#attempt.scope)) return;
    // The open marker is gone, so the transaction was rolled back, and later statements ran outside of it: the marker records that first.
    await this.#writeOpenMarker();
    await own.query('COMMIT');
    throw this.#endedByChange();
  }

  #writeOpenMarker(): Promise<void> {
    const { own, tables, scope } = this.#attempt;
    return writeOpenMarker(own, tables, scope, scope);
  }

  get #change(): string {
    return `change '${this.#attempt.scope.changeId}' on target system '${this.#attempt.targetId}'`;
  }

  #rolledBackByDatabase(): TargetSystemError {
    return new TargetSystemError(
      `The database has rolled back the transaction of ${this.#change}, and the change caught the error.`,
      {
        cause: this.#attempt.gate.lost,
        fix: ['let the error leave the change; a new attempt begins anew'],
      },
    );
  }

  #aborted(cause: unknown): TargetSystemError {
    return new TargetSystemError(
      `A statement of ${this.#change} failed and the change caught its error, but the database has given up the transaction with it.`,
      {
        cause,
        fix: [
          'let the error leave the change',
          'or run the statement that may fail in a nested transaction (a savepoint): manager.transaction(…)',
        ],
      },
    );
  }

  #endedByChange(): TargetSystemError {
    return new TargetSystemError(
      `A statement of ${this.#change} has committed or rolled back the transaction that the change runs in.`,
      {
        fix: [
          'look at the database: what came before that statement, and after it, is not undone',
          'remove COMMIT and ROLLBACK from the statements of the change, and from procedures that it calls',
          'or say transactional: false in @Change, with a @Rollback',
        ],
      },
    );
  }

  #cameLate(statement: string): AttemptEndedError {
    return new AttemptEndedError(
      `A statement of ${this.#change} came after its method had returned, so the change is not complete: ${shorten(statement)}`,
      {
        fix: ['await every statement before the method of the change returns'],
      },
    );
  }
}
