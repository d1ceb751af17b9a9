import type { StatementGate } from './statement-gate.js';
import type { Dialect } from './dialect.js';
import { isRolledBackByServer } from './lost-transaction.js';

/** Sends a statement once it has passed the gate. */
export type Send = (statement: string, send: () => unknown) => unknown;

/**
 * Sends each statement after the one before it was answered.
 *
 * MySQL and MariaDB roll back the whole transaction at a deadlock. Statements that wait in the driver's queue behind the one that failed
 * (`Promise.all` of several) would then run outside the transaction, and their effect would stay.
 */
export function oneAtATime(gate: StatementGate, dialect: Dialect): Send {
  let last: Promise<unknown> = Promise.resolve();
  return (statement, send) => {
    const answer = last.then(() => {
      gate.pass(statement);
      return send();
    });
    last = answer.catch((error: unknown) => {
      if (isRolledBackByServer(dialect, error)) gate.lose(error);
    });
    return answer;
  };
}
