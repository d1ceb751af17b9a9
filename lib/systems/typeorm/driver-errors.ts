import { isError } from '../../core/error-text.js';

/** What drivers put on their errors; TypeORM's QueryFailedError repeats it on itself and keeps the original. */
interface DriverErrorShape {
  readonly code?: unknown;
  readonly errno?: unknown;
  readonly sqlState?: unknown;
  readonly severity?: unknown;
  readonly syscall?: unknown;
  readonly fatal?: unknown;
  readonly driverError?: unknown;
}

/** The parts of a driver's error that tell what happened. */
export interface DriverErrorFacts {
  /** SQLSTATE (PostgreSQL), `ER_…` or a system error (MySQL, MariaDB), `SQLITE_…` (SQLite); empty when there is none. */
  readonly code: string;
  /** Number of the server's error (MySQL, MariaDB); 0 when there is none. */
  readonly errno: number;
  /** What PostgreSQL calls it (`ERROR`, `FATAL`): on each error that the server sent, and on no other; empty when there is none. */
  readonly severity: string;
  /** It comes from the operating system, not from the server: the socket failed, or the name has no address. */
  readonly isSystemError: boolean;
  /** Whether the connection is gone with it, as far as the driver says so. */
  readonly fatal: boolean;
  readonly message: string;
}

/** Questions about an error that a statement ended with. Each answers false for what is no driver error. */
export interface DriverErrors {
  isMissingTable(error: unknown): boolean;
  /** The schema or database that was named does not exist. */
  isMissingSchema(error: unknown): boolean;
  /** The role may not do this, or the database is read-only. */
  isMissingRight(error: unknown): boolean;
  /** A unique key or, from DDL that raced, an object of that name is there already. */
  isDuplicate(error: unknown): boolean;
  /** What the statement was to make exists already: a table, a column, an index, … no row. */
  isAlreadyThere(error: unknown): boolean;
  /** The statement cannot be part of a transaction. */
  isOutsideOnly(error: unknown): boolean;
  /** The statement gave up waiting for a lock; it did nothing. */
  isLockTimeout(error: unknown): boolean;
  /**
   * The server answered that it will not do it, and would say so again.
   * False when there was no answer (connection lost), and for what is worth another try (deadlock, shutdown, lock wait).
   */
  isAnswered(error: unknown): boolean;
}

/** @returns the facts of `error`, or undefined when it is no error of a driver */
export function driverErrorFacts(error: unknown): DriverErrorFacts | undefined {
  if (!isError(error)) return undefined;
  const outer: DriverErrorShape & Error = error;
  const inner: DriverErrorShape & Error = isError(outer.driverError) ? outer.driverError : outer;
  const errno = typeof inner.errno === 'number' ? inner.errno : 0;
  return {
    code: typeof inner.code === 'string' ? inner.code : '',
    errno,
    severity: typeof inner.severity === 'string' ? inner.severity : '',
    isSystemError: errno < 0 || typeof inner.syscall === 'string',
    fatal: inner.fatal === true,
    message: inner.message,
  };
}

/** What ends the session: connection, shutdown, and PostgreSQL's time-outs of idle and of long transactions. */
const LOST_CODE = /^(08\w{3}|57P0\w|25P0[34]|ECONN\w+|EPIPE|ETIMEDOUT|PROTOCOL_CONNECTION_LOST)$/;
/** What pg and mysql2 say of a connection that was lost before, without a code; TypeORM lets go of the runner by then. */
const LOST_MESSAGE = /is not queryable|Connection terminated|in closed state|Query runner already released/;

/** True when the connection has gone with the error, or before it. */
export const isConnectionLost = asks(
  ({ code, fatal, isSystemError, message }) =>
    fatal || isSystemError || LOST_CODE.test(code) || LOST_MESSAGE.test(message),
);

/** Makes a question of a predicate on the facts. */
export function asks(predicate: (facts: DriverErrorFacts) => boolean): (error: unknown) => boolean {
  return (error) => {
    const facts = driverErrorFacts(error);
    return facts !== undefined && predicate(facts);
  };
}
