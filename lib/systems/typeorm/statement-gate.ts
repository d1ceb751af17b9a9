import { type CallsInFlight, type ClientGate, clientGate } from '../../core/kit/attempt-gate.js';
import { TargetSystemError } from '../../core/model/errors.js';
import type { AttemptScope } from '../../core/model/target-system.js';
import { isTransactionControl, shorten } from './statement.js';

/** What an attempt may do with its connection. */
export interface GateRules {
  readonly scope: AttemptScope;
  readonly targetId: string;
  /** True when Flamingock begins and ends the transaction: the change may only nest transactions in it. */
  readonly ownsTransaction: boolean;
  /** Tells that the database has ended the transaction on its own. Given when that can be seen without I/O. */
  readonly isLost?: () => boolean;
}

/** Every statement of one attempt passes here, in the tick in which it goes to the driver. */
export class StatementGate {
  readonly #gate: ClientGate;
  #late: string | undefined;
  #lost: unknown;
  #sawControl = false;
  readonly #refusals = new WeakSet<object>();

  readonly #rules: GateRules;

  constructor(rules: GateRules) {
    this.#rules = rules;
    this.#gate = clientGate(rules.scope, rules.targetId);
  }

  /** The statements that were sent and not answered yet. */
  get inFlight(): CallsInFlight {
    return this.#gate.inFlight;
  }

  /** The first statement that came after `close`. */
  get late(): string | undefined {
    return this.#late;
  }

  /** True when a statement passed that may have begun or ended a transaction. */
  get sawControl(): boolean {
    return this.#sawControl;
  }

  /** Why the database has rolled the transaction back on its own, if it has. */
  get lost(): unknown {
    return this.#lost;
  }

  /** @throws AttemptEndedError, TargetSystemError, and what the guard of the attempt throws */
  pass(statement: string): void {
    try {
      this.#pass(statement);
    } catch (error) {
      if (typeof error === 'object' && error !== null) this.#refusals.add(error);
      throw error;
    }
  }

  /** True for an error that `pass` threw. */
  isRefusal(error: unknown): boolean {
    return typeof error === 'object' && error !== null && this.#refusals.has(error);
  }

  /** Refuses every statement from here on: the attempt is over. */
  close(): void {
    this.#gate.close();
  }

  /** Refuses every statement from here on: it would run outside any transaction. */
  lose(cause: unknown): void {
    this.#lost ??= cause;
  }

  #pass(statement: string): void {
    if (this.#gate.isClosed) this.#late ??= statement;
    this.#gate.pass(shorten(statement));
    if (this.#rules.isLost?.()) this.lose(new Error('no transaction is open any more'));
    if (this.#lost !== undefined) throw this.#rolledBack(statement);
    if (!isTransactionControl(statement)) return;
    if (this.#rules.ownsTransaction) throw this.#notYours(statement);
    this.#sawControl = true;
  }

  #rolledBack(statement: string): TargetSystemError {
    return new TargetSystemError(
      `The database of target system '${this.#rules.targetId}' has rolled back the transaction of change ` +
        `'${this.#rules.scope.changeId}'; the next statement would be outside of it and was refused: ${shorten(statement)}`,
      { cause: this.#lost, fix: ['let the error before it leave the change; a new attempt begins anew'] },
    );
  }

  #notYours(statement: string): TargetSystemError {
    return new TargetSystemError(
      `Change '${this.#rules.scope.changeId}' runs in a transaction that Flamingock begins and ends ` +
        `on target system '${this.#rules.targetId}'; refused: ${shorten(statement)}`,
      {
        fix: [
          'remove the statement; to be able to undo a part of the change, nest: queryRunner.startTransaction()',
          'or say transactional: false in @Change, with a @Rollback, and begin and end transactions yourself',
        ],
      },
    );
  }
}
