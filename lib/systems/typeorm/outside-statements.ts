import type { DataSource, QueryRunner } from 'typeorm';
import { OutsideTransactionError } from '../../core/errors.js';
import type { AttemptScope } from '../../core/target-system.js';
import { AttemptGate } from './attempt-gate.js';
import type { Bystanders } from './outside-transaction.js';
import { shorten } from './statement.js';

/** What is needed to deal with runners beside the one of the attempt. */
export interface OutsideParts {
  readonly dataSource: DataSource;
  readonly targetId: string;
  readonly scope: AttemptScope;
  /** False for a plain change: there is no transaction that a statement could go around. */
  readonly inTransaction: boolean;
  /** Where there is one connection only: the runner of the attempt. What others send is part of its transaction anyway. */
  readonly only?: QueryRunner;
}

type Query = (statement: string, ...rest: unknown[]) => Promise<unknown>;

/** Statements that a change sends through other connections of the same DataSource than the one of its attempt. */
export class OutsideStatements implements Bystanders {
  readonly dataSource: DataSource;
  readonly #gate: AttemptGate;
  #first: OutsideTransactionError | undefined;

  constructor(private readonly parts: OutsideParts) {
    this.dataSource = parts.dataSource;
    this.#gate = new AttemptGate({ scope: parts.scope, targetId: parts.targetId, ownsTransaction: false });
  }

  admit(open: () => QueryRunner): QueryRunner {
    const { only, inTransaction, scope } = this.parts;
    if (only) return only;
    return inTransaction && scope.outsideTransaction === 'fail'
      ? this.#refusing(open())
      : this.#guarded(open());
  }

  /** From here on every such statement is refused, but for a ROLLBACK, which leaves a clean connection to the pool. */
  close(): void {
    this.#gate.close();
  }

  /** @throws OutsideTransactionError when one was refused, even if the change has caught that error */
  check(): void {
    if (this.#first) throw this.#first;
  }

  #guarded(runner: QueryRunner): QueryRunner {
    const query = runner.query.bind(runner) as Query;
    const guarded: Query = async (statement, ...rest) => {
      if (!/^\s*rollback\b/i.test(statement)) this.#gate.pass(statement);
      return query(statement, ...rest);
    };
    return Object.assign(runner, { query: guarded });
  }

  /** It never asks the pool for a connection: the change's own may be the last one. */
  #refusing(runner: QueryRunner): QueryRunner {
    const refuse: Query = async (statement) => {
      this.#gate.pass(statement);
      this.#first ??= this.#goesAround(statement);
      throw this.#first;
    };
    return Object.assign(runner, {
      query: refuse,
      stream: refuse,
      connect: () => refuse('a connection of its own'),
    });
  }

  #goesAround(statement: string): OutsideTransactionError {
    const { scope, targetId } = this.parts;
    return new OutsideTransactionError(
      `Change '${scope.changeId}' runs in a transaction on target system '${targetId}', and a statement went around it, through another connection; ` +
        `it was refused and the change fails: ${shorten(statement)}`,
      {
        fix: [
          'use a parameter of the method instead of what was injected in the constructor: manager.withRepository(repository), or manager.getRepository(Entity)',
          "or let such statements through, to take effect even when the change fails: outsideTransaction: 'allow' in @Change",
        ],
      },
    );
  }
}
