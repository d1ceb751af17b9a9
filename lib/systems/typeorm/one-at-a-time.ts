import type { AttemptGate } from './attempt-gate.js';
import type { Dialect } from './dialect.js';
import { isRolledBackByServer } from './lost-transaction.js';

/** Sends a statement, past the gate. */
export type Send = (statement: string, send: () => unknown) => unknown;

/**
 * Sends a statement only when the one before it was answered.
 *
 * MySQL and MariaDB roll back the whole transaction for a deadlock; what was in the driver's queue behind that statement
 * (`Promise.all` of several) would then run on its own and stay.
 */
export function oneAtATime(gate: AttemptGate, dialect: Dialect): Send {
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
