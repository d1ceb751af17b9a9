import type { DataSource, QueryRunner } from 'typeorm';
import { type ClientGate, clientGate } from '../../core/kit/attempt-gate.js';
import { OutsideRefusals, type OutsideWords } from '../../core/kit/outside-refusals.js';
import type { AttemptScope } from '../../core/model/target-system.js';
import { callSite, type CallSite } from './app-frame.js';
import type { OtherConnections } from './outside-transaction.js';
import { rememberSent } from './sent-statements.js';
import { shorten } from './statement.js';

/** What is needed to guard runners beside the one of the attempt. */
export interface OutsideParts {
  readonly dataSource: DataSource;
  readonly targetId: string;
  readonly scope: AttemptScope;
  /** False for a change with `transactional: false`: there is no transaction that a statement could go around. */
  readonly inTransaction: boolean;
  /** The attempt's own runners. */
  readonly runners: readonly QueryRunner[];
  /** Given when there is only one connection: the runner for everybody, since every statement is part of the transaction anyway. */
  readonly only?: QueryRunner;
}

const WORDS: OutsideWords = {
  what: 'a statement',
  plural: 'statements',
  how: ', through another connection',
  instead: [
    'use a parameter of the method instead of what was injected in the constructor: manager.withRepository(repository), or manager.getRepository(Entity)',
  ],
};

type Query = (statement: string, ...rest: unknown[]) => Promise<unknown>;

/** Guards what a change sends through other connections of the same DataSource than its attempt's. */
export class OutsideStatements implements OtherConnections {
  readonly dataSource: DataSource;
  readonly #gate: ClientGate;
  readonly #known: WeakSet<QueryRunner>;
  readonly #refusals: OutsideRefusals;

  readonly #parts: OutsideParts;

  constructor(parts: OutsideParts) {
    this.#parts = parts;
    this.dataSource = parts.dataSource;
    this.#known = new WeakSet(parts.runners);
    this.#refusals = new OutsideRefusals(parts, WORDS);
    this.#gate = clientGate(parts.scope, parts.targetId);
  }

  admit(open: () => QueryRunner): QueryRunner {
    if (this.#parts.only) return this.#parts.only;
    const runner = open();
    this.#known.add(runner);
    return this.#refuses ? this.#refusing(runner) : this.#guarded(runner);
  }

  intercept(statement: string, runner: QueryRunner): void {
    if (this.#parts.only || this.#known.has(runner)) return;
    if (this.#refuses) this.#refuse(statement);
    this.#pass(statement);
  }

  /** Refuses every such statement from here on, except ROLLBACK, after which the pool gets a clean connection back. */
  close(): void {
    this.#gate.close();
  }

  /** @throws OutsideTransactionError when a statement was refused, even if the change has caught that error */
  check(): void {
    this.#refusals.check();
  }

  get #refuses(): boolean {
    return this.#parts.inTransaction && this.#parts.scope.outsideTransaction === 'fail';
  }

  #guarded(runner: QueryRunner): QueryRunner {
    const query = runner.query.bind(runner) as Query;
    const send = async (site: CallSite, ...[statement, ...rest]: Parameters<Query>): Promise<unknown> => {
      this.#pass(statement);
      try {
        return await query(statement, ...rest);
      } catch (error) {
        rememberSent(error, statement, site);
        throw error;
      }
    };
    const guarded: Query = (...args) => send(callSite(guarded), ...args);
    return Object.assign(runner, { query: guarded });
  }

  #pass(statement: string): void {
    if (!/^\s*rollback\b/i.test(statement)) this.#gate.pass(shorten(statement));
  }

  /** A runner that refuses everything. It never asks the pool for a connection: the attempt's own may be the last one. */
  #refusing(runner: QueryRunner): QueryRunner {
    const query = async (statement: string): Promise<never> => this.#refuse(statement);
    return Object.assign(runner, { query, stream: query, connect: () => query('a connection of its own') });
  }

  #refuse(statement: string): never {
    this.#gate.pass(shorten(statement));
    throw this.#refusals.refuse(shorten(statement));
  }
}
