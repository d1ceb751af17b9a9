import type { Dialect } from './dialect.js';
import { isTransactionControl } from './statement.js';

type Name = Dialect['name'];

const DOLLAR_QUOTED = String.raw`\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$`;
const QUOTED = String.raw`'(?:[^']|'')*'|"(?:[^"]|"")*"|` + '`[^`]*`';
const ESCAPED = String.raw`'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|` + '`[^`]*`';
const BLOCK_COMMENT = String.raw`/\*[\s\S]*?\*/`;
const LINE_COMMENT = String.raw`--[^\n]*`;
/** In MySQL, two dashes begin a comment only when a blank follows. */
const MYSQL_LINE_COMMENT = String.raw`--(?=\s|$)[^\n]*`;

/**
 * Patterns of quotes and comments. On PostgreSQL and MySQL, settings of the server decide whether a backslash escapes a quote: they have one
 * pattern for each case.
 */
const READINGS: Readonly<Record<Name, readonly RegExp[]>> = {
  postgres: [QUOTED, ESCAPED].map((quoted) => reading(DOLLAR_QUOTED, quoted, LINE_COMMENT, BLOCK_COMMENT)),
  mysql: [QUOTED, ESCAPED].map((quoted) => reading(quoted, MYSQL_LINE_COMMENT, BLOCK_COMMENT)),
  sqlite: [reading(QUOTED, LINE_COMMENT, BLOCK_COMMENT)],
};

function reading(...parts: readonly string[]): RegExp {
  return new RegExp(parts.join('|'), 'g');
}

/**
 * The statements in a text, without quoted text and comments, for each way in which the server may read it.
 * They are for finding out what the text may do, and are not sent.
 */
export function statementsIn(text: string, name: Name): string[] {
  return READINGS[name].flatMap((masked) =>
    text
      .replace(masked, (found) => (/^(?:--|\/\*)/.test(found) ? ' ' : "''"))
      .split(';')
      .map((part) => part.replace(/\s+/g, ' ').trim())
      .filter(Boolean),
  );
}

/** What a preview does with a statement. */
export type PreviewRule =
  /** It changes nothing: it is sent, and not reported. */
  | { readonly kind: 'read' }
  /** It is sent within the transaction that is rolled back, and reported. */
  | { readonly kind: 'try' }
  /** It is reported, and not sent. */
  | { readonly kind: 'withhold'; readonly why: string }
  /** It would end that transaction: it is neither sent nor reported. */
  | { readonly kind: 'refuse' };

const READ =
  /^\(*\s*(?:select|with|values|table|show|desc|describe|explain|savepoint|release(?: savepoint)?|rollback (?:(?:work|transaction) )?to)\b/i;
const WRITES_WITHIN = /\b(?:insert|update|delete|replace|merge|into|analyze)\b(?! ?\()/i;
const LOCKS_ROWS = /\bfor (?:no key )?update\b/gi;

/** A SELECT without FROM that calls a function: it is probably sent for the function's effect. */
const BARE_CALL = /^select\b(?!.* from\b).*\w\s*\(/i;
/** Calls that only return facts about the session. */
const HARMLESS_CALL = /^select (?:version|database|current_\w+|pg_backend_pid|last_insert_rowid|now) ?\(/i;

const OUTSIDE_TRANSACTION =
  /^(?:(?:create (?:unique )?|drop )index concurrently|reindex\b.*\bconcurrently|reindex (?:\([^)]*\) ?)?(?:schema|database|system)\b|alter table .* detach partition .* concurrently|vacuum|(?:create|drop) (?:database|tablespace|subscription)|alter (?:system|subscription)|alter database .* set tablespace|cluster$)/i;
const BEYOND_TRANSACTION =
  /^copy\b|\b(?:setval|dblink\w*|lo_export|lo_import|pg_(?:terminate|cancel)_backend|pg_reload_conf|pg_promote|pg_switch_wal|pg_rotate_logfile|pg_create_\w*replication_slot|pg_drop_replication_slot) ?\(/i;

const SQLITE_OUTSIDE = /^(?:vacuum|attach|detach)\b/i;
const SQLITE_PRAGMA_READ =
  /^pragma (?:\w+\.)?(?:\w+$|(?:table_x?info|table_list|index_list|index_x?info|foreign_key_(?:list|check)|integrity_check|quick_check) ?\()/i;

/** What a preview does with a text that a change sends. */
export function previewRule(text: string, { name }: Pick<Dialect, 'name'>): PreviewRule {
  const statements = statementsIn(text, name);
  // MySQL runs the text of some comments.
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

/** Leaves out the END of a trigger's or a function's body, which ends no transaction. */
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
