import type { Dialect } from './dialect.js';
import { asks } from './driver-errors.js';

const SQLSTATE = /^[0-9A-Z]{5}$/;

/** Another try may succeed: connection and shutdown, deadlock and serialization, timeouts of locks, statements and sessions. */
const UNSETTLED = /^(08|25P03|25P04|40|53300|55P03|57)/;

const ALREADY_THERE = /^42(P07|701|710|P06|723|P04)$/;

/** PostgreSQL. */
export const POSTGRES: Dialect = {
  name: 'postgres',
  // Not now(), which is the time at which the transaction began.
  clock: 'CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp()) * 1000) AS BIGINT)',
  commitsImplicitly: false,
  singleConnection: false,
  isolation: 'READ COMMITTED',
  // Collation "C": an upgrade of the system's collations cannot break the index.
  types: { key: 'VARCHAR(255) COLLATE "C"', text: 'TEXT', integer: 'BIGINT', number: 'DOUBLE PRECISION' },
  tableOptions: '',
  errors: {
    isMissingTable: asks(({ code }) => code === '42P01'),
    isMissingSchema: asks(({ code }) => code === '3F000'),
    isMissingRight: asks(({ code }) => code === '42501' || code === '25006'),
    // 42P07, 42710: the object exists; 23505: another process created it at the same time.
    isDuplicate: asks(({ code }) => code === '23505' || code === '42P07' || code === '42710'),
    // Table or index, column, object (type, constraint, role, …), schema, function, database; a second primary key.
    isAlreadyThere: asks(
      ({ code, message }) => ALREADY_THERE.test(code) || (code === '42P16' && /primary key/.test(message)),
    ),
    // 55P04: a new value of an enum cannot be used before it is committed. 25001 also means that SET TRANSACTION comes too late.
    isOutsideOnly: asks(
      ({ code, message }) => code === '55P04' || (code === '25001' && !/\bSET TRANSACTION\b/.test(message)),
    ),
    isLockTimeout: asks(({ code }) => code === '55P03'),
    // EPIPE looks like an SQLSTATE, but only the server's own errors have a severity.
    isAnswered: asks(
      ({ code, severity, isSystemError }) =>
        severity !== '' && !isSystemError && SQLSTATE.test(code) && !UNSETTLED.test(code),
    ),
  },
  quote: (identifier) => `"${identifier.replaceAll('"', '""')}"`,
  placeholder: (position) => `$${position}`,
  insertIfMissing: (into, values) => `INSERT INTO ${into} VALUES ${values} ON CONFLICT DO NOTHING`,
  lockWait: (ms) => ({ bound: `SET LOCAL lock_timeout = ${Math.ceil(ms)}` }),
};
