import type { QueryRunner } from 'typeorm';
import type { Clients } from '../../core/target-system.js';
import { clientsOf } from './attempt-clients.js';
import { attemptDataSource } from './attempt-data-source.js';
import { AttemptGate } from './attempt-gate.js';
import type { AttemptParts } from './attempt-parts.js';
import { createChangeRunner } from './change-runner.js';
import { OutsideStatements } from './outside-statements.js';
import { createOwnRunner } from './runner.js';
import { sqliteConnection } from './sqlite-connection.js';
import { StatementsUnderWay } from './under-way.js';

/** One attempt: what the change gets, and what keeps it in bounds. */
export interface Attempt extends AttemptParts {
  /** Owns the connection and the transaction. No change ever sees it. */
  readonly own: QueryRunner;
  readonly change: QueryRunner;
  readonly clients: Clients;
  readonly gate: AttemptGate;
  readonly outside: OutsideStatements;
  readonly underWay: StatementsUnderWay;
}

/** Makes an attempt. Opens nothing: a runner connects with its first statement. */
export function createAttempt(parts: AttemptParts, inTransaction: boolean): Attempt {
  const { dataSource, dialect, scope, targetId, watch } = parts;
  const own = createOwnRunner(dataSource, dialect);
  const underWay = new StatementsUnderWay();
  const isLost =
    inTransaction && dialect.singleConnection ? () => !sqliteConnection(dataSource).inTransaction : undefined;
  const gate = new AttemptGate({ scope, targetId, ownsTransaction: inTransaction, isLost });
  const change = createChangeRunner({ dataSource, dialect, own, gate, underWay, inTransaction, watch });
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
  return { ...parts, own, change, clients, gate, outside, underWay };
}

/** From here on nothing of the change reaches the database any more. */
export function closeAttempt({ gate, outside }: Attempt): void {
  gate.close();
  outside.close();
}
