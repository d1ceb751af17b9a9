import type { Dialect } from './dialect.js';
import { asks } from './driver-errors.js';

/** ER_OPTION_PREVENTS_STATEMENT, with any option of the server; ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION; ER_READ_ONLY_MODE. */
const OPTION_PREVENTS = 1290;
const READ_ONLY_ERRORS: readonly number[] = [1792, 1836];

/** True when nothing can be written because the database is read-only, not because of a missing right. */
export const isReadOnly = asks(
  ({ code, errno, message }) =>
    code === '25006' ||
    code.startsWith('SQLITE_READONLY') ||
    READ_ONLY_ERRORS.includes(errno) ||
    (errno === OPTION_PREVENTS && /read.only/i.test(message)),
);

const WHERE_TO_WRITE: Readonly<Record<Dialect['name'], string>> = {
  postgres:
    'point the DataSource at the primary: this server is a standby, or default_transaction_read_only is on for it, the database or the user',
  mysql: 'point the DataSource at the primary: this server is a replica, or its read_only is on',
  sqlite: 'let this process write the database file and its folder, and open the file without readonly: true',
};

/** What to do about a read-only database, one step a line. */
export function readOnlyFix({ name }: Pick<Dialect, 'name'>): string[] {
  return [
    WHERE_TO_WRITE[name],
    "or only look, without a lock and without a write: onBootstrap: 'check', or FLAMINGOCK_ON_BOOTSTRAP=check",
  ];
}
