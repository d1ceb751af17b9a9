import type { Dialect } from './dialect.js';
import { asks } from './driver-errors.js';

const MISSING_TABLE = 1146;
const MISSING_DATABASE = 1049;
const TABLE_EXISTS = 1050;
const DUPLICATE_ENTRY = 1062;

/** Missing right on a database, table or column; missing privilege; read-only server. */
const MISSING_RIGHT = new Set([1044, 1142, 1143, 1227, 1290, 1792, 1836]);

/**
 * Already existing: database, table (view, sequence), key of a constraint, column, index, primary key, function of a library, routine,
 * trigger, partition, event, constraint. MariaDB uses 1005 for a foreign key, and both use 1396 for users and roles.
 */
const ALREADY_THERE = new Set([1007, 1022, 1050, 1060, 1061, 1068, 1125, 1304, 1359, 1517, 1537, 1826, 3822]);

/** A wait for a lock that was too long; a lock that was not free with NOWAIT (MySQL). */
const LOCK_TIMEOUT = new Set([1205, 3572]);

/**
 * Another try may succeed: too many connections, shutdown, network errors of the server, "record has changed", deadlock, killed,
 * disconnected, statement time-outs, a failed COMMIT, a cluster that is not ready.
 */
const UNSETTLED = new Set([
  1020, 1040, 1047, 1053, 1080, 1158, 1159, 1160, 1161, 1180, 1203, 1213, 1317, 1927, 1969, 3024, 3101, 3169,
  4031,
]);

const TEXT = 'CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

/** MySQL 8 or later, and MariaDB 10.3 or later. */
export const MYSQL: Dialect = {
  name: 'mysql',
  // Not UNIX_TIMESTAMP(): it depends on the session's time zone, and repeats an hour when summer time ends.
  clock: "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', UTC_TIMESTAMP(3)) DIV 1000)",
  commitsImplicitly: true,
  singleConnection: false,
  isolation: 'READ COMMITTED',
  types: { key: `VARCHAR(255) ${TEXT}`, text: `LONGTEXT ${TEXT}`, integer: 'BIGINT', number: 'DOUBLE' },
  tableOptions: 'ENGINE=InnoDB ROW_FORMAT=DYNAMIC',
  errors: {
    isMissingTable: asks(({ errno }) => errno === MISSING_TABLE),
    isMissingSchema: asks(({ errno }) => errno === MISSING_DATABASE),
    isMissingRight: asks(({ errno }) => MISSING_RIGHT.has(errno)),
    isDuplicate: asks(({ errno }) => errno === DUPLICATE_ENTRY || errno === TABLE_EXISTS),
    isAlreadyThere: asks(
      ({ errno, message }) =>
        ALREADY_THERE.has(errno) ||
        (errno === 1005 && /\berrno: 121\b/.test(message)) ||
        (errno === 1396 && /\bCREATE (USER|ROLE)\b/.test(message)),
    ),
    isOutsideOnly: asks(({ errno }) => errno === 1179),
    isLockTimeout: asks(({ errno }) => LOCK_TIMEOUT.has(errno)),
    // 2000 to 2999 are errors of the client; an error of the operating system has a negative number.
    isAnswered: asks(
      ({ errno, fatal, isSystemError }) =>
        !isSystemError &&
        errno >= 1000 &&
        !(errno >= 2000 && errno < 3000) &&
        !fatal &&
        !UNSETTLED.has(errno) &&
        !LOCK_TIMEOUT.has(errno),
    ),
  },
  quote: (identifier) => `\`${identifier.replaceAll('`', '``')}\``,
  placeholder: () => '?',
  insertIfMissing: (into, values) => `INSERT IGNORE INTO ${into} VALUES ${values}`,
  lockWait: (ms) => ({
    bound: `SET SESSION innodb_lock_wait_timeout = ${Math.max(1, Math.ceil(ms / 1000))}`,
    undo: 'SET SESSION innodb_lock_wait_timeout = DEFAULT',
  }),
};
