import type { Dialect } from './dialect.js';
import { asks } from './driver-errors.js';

/** Another connection has the lock, or the disk did not answer: another try may succeed. */
const UNSETTLED = /^SQLITE_(BUSY|LOCKED|PROTOCOL|IOERR|INTERRUPT)/;

const ALREADY_THERE = /\balready exists$|^duplicate column name\b|^there is already /;

/** SQLite, through better-sqlite3. */
export const SQLITE: Dialect = {
  name: 'sqlite',
  clock: "CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)",
  commitsImplicitly: false,
  singleConnection: true,
  types: { key: 'VARCHAR(255)', text: 'TEXT', integer: 'BIGINT', number: 'DOUBLE' },
  tableOptions: '',
  errors: {
    isMissingTable: asks(
      ({ code, message }) => code === 'SQLITE_ERROR' && message.startsWith('no such table'),
    ),
    isMissingSchema: asks(({ message }) => message.startsWith('unknown database')),
    isMissingRight: asks(({ code }) => /^SQLITE_(READONLY|PERM|AUTH|CANTOPEN)/.test(code)),
    isDuplicate: asks(
      ({ code, message }) =>
        /^SQLITE_CONSTRAINT_(PRIMARYKEY|UNIQUE)/.test(code) || message.endsWith('already exists'),
    ),
    isAlreadyThere: asks(({ code, message }) => code === 'SQLITE_ERROR' && ALREADY_THERE.test(message)),
    isOutsideOnly: asks(
      ({ code, message }) => code === 'SQLITE_ERROR' && /\b(within|inside) (a )?transaction$/.test(message),
    ),
    isLockTimeout: asks(({ code }) => /^SQLITE_(BUSY|LOCKED)/.test(code)),
    isAnswered: asks(({ code }) => code.startsWith('SQLITE_') && !UNSETTLED.test(code)),
  },
  quote: (identifier) => `"${identifier.replaceAll('"', '""')}"`,
  placeholder: () => '?',
  insertIfMissing: (into, values) => `INSERT INTO ${into} VALUES ${values} ON CONFLICT DO NOTHING`,
  // 5000 is better-sqlite3's default; the value that the user configured cannot be read back.
  lockWait: (ms) => ({ bound: `PRAGMA busy_timeout = ${Math.ceil(ms)}`, undo: 'PRAGMA busy_timeout = 5000' }),
};
