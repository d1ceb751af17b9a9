import { isError } from '../../core/kit/text.js';

/** The members that drivers add to their errors. TypeORM's QueryFailedError copies them, and keeps the original error. */
interface DriverErrorShape {
  readonly code?: unknown;
  readonly errno?: unknown;
  readonly sqlState?: unknown;
  readonly severity?: unknown;
  readonly syscall?: unknown;
  readonly fatal?: unknown;
  readonly driverError?: unknown;
}

/** The members of a driver's error that say what happened. */
export interface DriverErrorFacts {
  /** SQLSTATE (PostgreSQL), `ER_…` or a system error (MySQL, MariaDB), `SQLITE_…` (SQLite); empty when there is none. */
  readonly code: string;
  /** The number of the server's error (MySQL, MariaDB); 0 when there is none. */
  readonly errno: number;
  /** PostgreSQL's severity (`ERROR`, `FATAL`), which every error of the server has and no other; otherwise empty. */
  readonly severity: string;
  /** True for an error of the operating system: the socket failed, or the host name has no address. */
  readonly isSystemError: boolean;
  /** True when the driver says that the connection is lost. */
  readonly fatal: boolean;
  readonly message: string;
}

/** Questions about the error of a statement. Each answers false for an error of no driver. */
export interface DriverErrors {
  isMissingTable(error: unknown): boolean;
  /** The schema or database does not exist. */
  isMissingSchema(error: unknown): boolean;
  /** The role may not do this, or the database is read-only. */
  isMissingRight(error: unknown): boolean;
  /** A unique key exists already; or, after a race of two CREATE statements, the object does. */
  isDuplicate(error: unknown): boolean;
  /** What the statement was to create exists already: a table, a column, an index, … not a row. */
  isAlreadyThere(error: unknown): boolean;
  /** The database does not allow the statement in a transaction. */
  isOutsideOnly(error: unknown): boolean;
  /** The statement waited too long for a lock, and did nothing. */
  isLockTimeout(error: unknown): boolean;
  /**
   * The server refused the statement, and would refuse it again.
   * False when there was no answer (connection lost), and when another try may succeed (deadlock, shutdown, lock wait).
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

/** Errors that end the session: connection, shutdown, and PostgreSQL's time-outs of idle and of long transactions. */
const LOST_CODE = /^(08\w{3}|57P0\w|25P0[34]|ECONN\w+|EPIPE|ETIMEDOUT|PROTOCOL_CONNECTION_LOST)$/;
/** Messages of pg and mysql2, without a code, about a connection that was lost before; TypeORM has released the runner by then. */
const LOST_MESSAGE = /is not queryable|Connection terminated|in closed state|Query runner already released/;

/** True when the connection was lost with the error, or before it. */
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
