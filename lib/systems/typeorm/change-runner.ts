import type { DataSource, QueryRunner } from 'typeorm';
import { TargetSystemError } from '../../core/model/errors.js';
import { callSite, type CallSite } from './app-frame.js';
import type { Dialect } from './dialect.js';
import { keepCallers, withinCall } from './enclosing-call.js';
import { guardConnection } from './guarded-connection.js';
import { oneAtATime } from './one-at-a-time.js';
import { createRunner } from './runner.js';
import { rememberSent } from './sent-statements.js';
import type { StatementGate } from './statement-gate.js';
import type { StatementWatch } from './statement-watch.js';

/** What a change's runner is made of. */
export interface ChangeRunnerParts {
  readonly dataSource: DataSource;
  readonly dialect: Dialect;
  /** Owns the connection, and begins and ends the transaction. No change ever sees it. */
  readonly own: QueryRunner;
  readonly gate: StatementGate;
  /** True when transactions that the change starts are savepoints within Flamingock's transaction. */
  readonly inTransaction: boolean;
  /** Given in a preview. */
  readonly watch?: StatementWatch;
}

/** Makes the runner for a change. It shares the connection of `own`, and refuses everything once the gate is closed. */
export function createChangeRunner(parts: ChangeRunnerParts): QueryRunner {
  const runner = createRunner(parts.dataSource, parts.dialect);
  keepCallers(runner.manager);
  return Object.assign(runner, {
    data: parts.own.data,
    connect: connector(parts),
    query: querier(parts, runner),
    release: releaser(parts),
    ...(parts.inTransaction && { isTransactionActive: true, transactionDepth: 1, ...endings(runner) }),
  });
}

function connector({ own, gate, dialect, inTransaction, watch }: ChangeRunnerParts): () => Promise<unknown> {
  const send = inTransaction && dialect.name === 'mysql' ? oneAtATime(gate, dialect) : undefined;
  let guarded: Promise<object> | undefined;
  return async () => {
    // When the attempt is over, `own` has been released: it would take another connection from the pool, which nobody gives back.
    gate.pass('a connection');
    return (guarded ??= own
      .connect()
      .then((connection: object) => guardConnection(connection, { gate, send, watch })));
  };
}

type Query = (statement: string, parameters?: unknown[], structured?: boolean) => Promise<unknown>;

function querier({ gate, watch, dialect }: ChangeRunnerParts, runner: QueryRunner): Query {
  const query = runner.query.bind(runner) as Query;
  const answered = async (site: CallSite, args: Parameters<Query>): Promise<unknown> => {
    try {
      gate.pass(args[0]);
      if (watch?.withholds(args[0])) return unsentAnswer(dialect, args[2]);
      return await withinCall(site, () => query(...args));
    } catch (error) {
      if (!gate.isRefusal(error)) watch?.failed(args[0]);
      const cause: unknown = isObject(error) ? Reflect.get(error, 'driverError') : undefined;
      // TypeORM wraps errors of the driver; a refusal of the gate is thrown unwrapped.
      if (gate.isRefusal(cause)) throw cause;
      if (!gate.isRefusal(error)) rememberSent(error, args[0], site);
      throw error;
    }
  };
  const followed: Query = (...args) => gate.inFlight.follow(answered(callSite(followed), args));
  return followed;
}

/** TypeORM's answer to a statement that did nothing. */
function unsentAnswer({ name }: Dialect, structured = false): unknown {
  const raw = name === 'mysql' ? { affectedRows: 0, changedRows: 0, insertId: 0, warningStatus: 0 } : [];
  return structured ? { raw, records: [], affected: 0 } : raw;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** `release` of the change's runner: an error, but nothing on SQLite, where TypeORM itself calls it after each statement of a repository. */
function releaser({ dialect }: ChangeRunnerParts): () => Promise<void> {
  return async () => {
    if (!dialect.singleConnection) throw notYours('release');
  };
}

/** Methods that end nested transactions as TypeORM does, and refuse to end Flamingock's. */
function endings(runner: QueryRunner) {
  const commit = runner.commitTransaction.bind(runner);
  const rollback = runner.rollbackTransaction.bind(runner);
  const isNested = (): boolean => Number(Reflect.get(runner, 'transactionDepth')) > 1;
  return {
    commitTransaction: async () => (isNested() ? commit() : Promise.reject(notYours('commitTransaction'))),
    rollbackTransaction: async () =>
      isNested() ? rollback() : Promise.reject(notYours('rollbackTransaction')),
  };
}

function notYours(method: string): TargetSystemError {
  return new TargetSystemError(
    `A change called ${method}() on its QueryRunner, which Flamingock began and ends itself.`,
    {
      fix: [
        `remove the call of ${method}(): a change's transaction is committed when its method returns, and rolled back when it throws`,
        'a transaction that the change itself starts is nested (a savepoint), and the change may end it',
      ],
    },
  );
}
