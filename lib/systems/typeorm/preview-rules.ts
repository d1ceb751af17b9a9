import { isTransactionControl } from './statement.js';
import type { Dialect } from './dialect.js';
import { statementsIn } from './statement-parts.js';

/** What a preview does with a statement. */
export type PreviewRule =
  /** It changes nothing: sent, not told. */
  | { readonly kind: 'read' }
  /** Sent within the transaction that is rolled back, and told. */
  | { readonly kind: 'try' }
  /** Told, and not sent. */
  | { readonly kind: 'withhold'; readonly why: string }
  /** It would end that transaction: neither sent nor told. */
  | { readonly kind: 'refuse' };

const READ =
  /^\(*\s*(?:select|with|values|table|show|desc|describe|explain|savepoint|release(?: savepoint)?|rollback (?:(?:work|transaction) )?to)\b/i;
const WRITES_WITHIN = /\b(?:insert|update|delete|replace|merge|into|analyze)\b(?! ?\()/i;
const LOCKS_ROWS = /\bfor (?:no key )?update\b/gi;

/** A SELECT of nothing but a call is there for what the call does; these tell about the session. */
const BARE_CALL = /^select\b(?!.* from\b).*\w\s*\(/i;
const HARMLESS_CALL = /^select (?:version|database|current_\w+|pg_backend_pid|last_insert_rowid|now) ?\(/i;

const OUTSIDE_TRANSACTION =
  /^(?:(?:create (?:unique )?|drop )index concurrently|reindex\b.*\bconcurrently|reindex (?:\([^)]*\) ?)?(?:schema|database|system)\b|alter table .* detach partition .* concurrently|vacuum|(?:create|drop) (?:database|tablespace|subscription)|alter (?:system|subscription)|alter database .* set tablespace|cluster$)/i;
const BEYOND_TRANSACTION =
  /^copy\b|\b(?:setval|dblink\w*|lo_export|lo_import|pg_(?:terminate|cancel)_backend|pg_reload_conf|pg_promote|pg_switch_wal|pg_rotate_logfile|pg_create_\w*replication_slot|pg_drop_replication_slot) ?\(/i;

const SQLITE_OUTSIDE = /^(?:vacuum|attach|detach)\b/i;
const SQLITE_PRAGMA_READ =
  /^pragma (?:\w+\.)?(?:\w+$|(?:table_x?info|table_list|index_list|index_x?info|foreign_key_(?:list|check)|integrity_check|quick_check) ?\()/i;

/** What a preview does with a text that a change sends. Pure. */
export function previewRule(text: string, { name }: Pick<Dialect, 'name'>): PreviewRule {
  const statements = statementsIn(text, name);
  // A comment of MySQL may be a statement.
  if (name === 'mysql')
    return statements.every(isRead) && !/\/\*M?!/.test(text)
      ? { kind: 'read' }
      : { kind: 'withhold', why: MYSQL };
  if (withoutBody(statements).some(isTransactionControl)) return { kind: 'refuse' };
  const why = statements.map(name === 'postgres' ? postgresWhy : sqliteWhy).find(Boolean);
  if (why) return { kind: 'withhold', why };
  const reads = name === 'postgres' ? isRead : isSqliteRead;
  return { kind: statements.every(reads) ? 'read' : 'try' };
}

/** The END of a trigger's or a function's body ends no transaction. */
function withoutBody(statements: readonly string[]): readonly string[] {
  const hasBody = statements.some((one) =>
    /^create\b.*\b(?:trigger|function|procedure)\b.*\bbegin\b/i.test(one),
  );
  return hasBody ? statements.filter((one) => !/^end$/i.test(one)) : statements;
}

const MYSQL = 'this database commits some statements on its own, so a preview sends it nothing but reads';

function isRead(statement: string): boolean {
  if (!READ.test(statement) || WRITES_WITHIN.test(statement.replace(LOCKS_ROWS, ''))) return false;
  return !BARE_CALL.test(statement) || HARMLESS_CALL.test(statement);
}

function isSqliteRead(statement: string): boolean {
  return isRead(statement) || SQLITE_PRAGMA_READ.test(statement);
}

function postgresWhy(statement: string): string | undefined {
  if (OUTSIDE_TRANSACTION.test(statement)) return 'it cannot run within a transaction';
  return BEYOND_TRANSACTION.test(statement) ? 'a rollback would not take it back' : undefined;
}

function sqliteWhy(statement: string): string | undefined {
  if (SQLITE_OUTSIDE.test(statement)) return 'it cannot run within a transaction';
  const sets = /^pragma\b/i.test(statement) && !SQLITE_PRAGMA_READ.test(statement);
  return sets ? 'a rollback would not take it back' : undefined;
}
