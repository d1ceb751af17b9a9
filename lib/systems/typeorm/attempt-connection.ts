import type { DataSource, QueryRunner, ReplicationMode } from 'typeorm';
import { TargetSystemError } from '../../core/model/errors.js';
import type { Clients } from '../../core/model/target-system.js';
import { clientsOf } from './attempt-clients.js';
import type { AttemptParts } from './attempt-parts.js';
import { cancelStatement } from './cancel.js';
import { createChangeRunner } from './change-runner.js';
import { OutsideStatements } from './outside-statements.js';
import type { OtherConnections } from './outside-transaction.js';
import { createOwnRunner } from './runner.js';
import { sqliteConnection } from './sqlite-connection.js';
import { StatementGate } from './statement-gate.js';

/**
 * The DataSource for one attempt: like the app's, except that `otherConnections` admits the runners that it creates. It refuses everything
 * once the attempt has ended, while the app's own DataSource goes on working.
 */
function attemptDataSource(dataSource: DataSource, otherConnections: OtherConnections): DataSource {
  const facade = Object.create(dataSource) as DataSource;
  const createQueryRunner = (mode: ReplicationMode = 'master'): QueryRunner =>
    otherConnections.admit(() => {
      const runner = dataSource.driver.createQueryRunner(mode);
      return Object.assign(runner, { manager: facade.createEntityManager(runner) });
    });
  const destroy = (): Promise<never> => Promise.reject(notYours());
  return Object.assign(facade, { createQueryRunner, manager: facade.createEntityManager(), destroy });
}

function notYours(): TargetSystemError {
  return new TargetSystemError('A change called destroy() on its DataSource, which is the app’s.', {
    fix: ['remove the call; the app closes its DataSource when it ends'],
  });
}

/** The connection of one attempt: what the change gets of it, and what guards it. */
export interface AttemptConnection extends AttemptParts {
  /** Owns the connection and the transaction. No change ever sees it. */
  readonly own: QueryRunner;
  readonly change: QueryRunner;
  readonly clients: Clients;
  readonly gate: StatementGate;
  readonly outside: OutsideStatements;
}

/** Makes the connection of an attempt. Opens nothing: a runner connects with its first statement. */
export function attemptConnection(parts: AttemptParts, inTransaction: boolean): AttemptConnection {
  const { dataSource, dialect, scope, targetId, watch } = parts;
  const own = createOwnRunner(dataSource, dialect);
  const isLost =
    inTransaction && dialect.singleConnection ? () => !sqliteConnection(dataSource).inTransaction : undefined;
  const gate = new StatementGate({ scope, targetId, ownsTransaction: inTransaction, isLost });
  const change = createChangeRunner({ dataSource, dialect, own, gate, inTransaction, watch });
  const only = dialect.singleConnection ? change : undefined;
  const outside = new OutsideStatements({
    dataSource,
    scope,
    targetId,
    inTransaction,
    runners: [own, change],
    only,
  });
  const clients = clientsOf(change, attemptDataSource(dataSource, outside));
  return { ...parts, own, change, clients, gate, outside };
}

/**
 * Waits, at most 5 s, for statements whose await was forgotten, so that they are in the transaction.
 *
 * @throws the error of the first of them that fails: nobody else would hear of it
 */
export async function awaitForgotten({ gate }: AttemptConnection): Promise<void> {
  const failure = await gate.inFlight.drain();
  if (failure) throw failure.error;
}

/** Refuses every statement of the change from here on. */
export function closeGates({ gate, outside }: AttemptConnection): void {
  gate.close();
  outside.close();
}

/** Refuses every statement of the change from here on, and asks the server to cancel the one that is in flight. */
export async function stopStatements(attempt: AttemptConnection): Promise<void> {
  closeGates(attempt);
  const { dataSource, dialect, own, gate } = attempt;
  if (gate.inFlight.size > 0) await cancelStatement(dataSource, dialect, own);
}
