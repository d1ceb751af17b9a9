import { canonicalJson } from '../../core/kit/canonical-json.js';
import { parsedJson, readText } from '../../core/kit/stored-text.js';
import type { AuditEntry } from '../../core/model/audit-entry.js';
import type { ColumnTypes, Dialect } from './dialect.js';
import { storedText } from './stored-text.js';
import type { Row } from './sql.js';

/** A column of the audit table. */
export interface AuditColumn {
  readonly field: keyof AuditEntry;
  readonly name: string;
  readonly kind: keyof ColumnTypes;
  readonly nullable?: true;
}

/** The longest text in a column of kind `key`, in characters. */
export const KEY_LENGTH = 255;

/** One column for each field of an entry; `namespace` stands before them. */
export const AUDIT_COLUMNS: readonly AuditColumn[] = [
  { field: 'seq', name: 'seq', kind: 'integer' },
  { field: 'format', name: 'format', kind: 'integer' },
  { field: 'executionId', name: 'execution_id', kind: 'key' },
  { field: 'changeId', name: 'change_id', kind: 'key' },
  { field: 'stage', name: 'stage', kind: 'key' },
  // Not `order`: a reserved word is a nuisance to whoever reads the table.
  { field: 'order', name: 'change_order', kind: 'key' },
  { field: 'author', name: 'author', kind: 'text' },
  { field: 'targetSystem', name: 'target_system', kind: 'key' },
  { field: 'state', name: 'state', kind: 'key' },
  { field: 'operation', name: 'operation', kind: 'key' },
  { field: 'strategy', name: 'strategy', kind: 'key' },
  { field: 'recovery', name: 'recovery', kind: 'key' },
  { field: 'attempt', name: 'attempt', kind: 'integer' },
  // ISO text: a type for moments would round, or pass through a time zone.
  { field: 'at', name: 'at', kind: 'key' },
  { field: 'durationMs', name: 'duration_ms', kind: 'number' },
  { field: 'host', name: 'host', kind: 'text' },
  { field: 'actor', name: 'actor', kind: 'text' },
  { field: 'environment', name: 'environment', kind: 'text', nullable: true },
  { field: 'appVersion', name: 'app_version', kind: 'text', nullable: true },
  { field: 'app', name: 'app', kind: 'text', nullable: true },
  { field: 'className', name: 'class_name', kind: 'text' },
  { field: 'method', name: 'method', kind: 'text' },
  { field: 'description', name: 'description', kind: 'text', nullable: true },
  { field: 'ticket', name: 'ticket', kind: 'text', nullable: true },
  { field: 'metadata', name: 'metadata', kind: 'text', nullable: true },
  { field: 'error', name: 'error', kind: 'text', nullable: true },
  { field: 'reason', name: 'reason', kind: 'text', nullable: true },
  { field: 'previousHash', name: 'previous_hash', kind: 'key' },
  { field: 'hash', name: 'hash', kind: 'key' },
];

/** MySQL's name for the index by change. Elsewhere its name would have to be unique in the schema, and nobody asks for it. */
export const INDEX_BY_CHANGE = 'by_change';

/** The statement that creates the audit table with its indexes: one, so that there is no state between. */
export function auditTableDdl(dialect: Dialect, table: string): string {
  const columns = AUDIT_COLUMNS.map(
    ({ name, kind, nullable }) =>
      `${dialect.quote(name)} ${dialect.types[kind]} ${nullable ? 'NULL' : 'NOT NULL'}`,
  );
  const [namespace, seq, changeId] = ['namespace', 'seq', 'change_id'].map(dialect.quote);
  const lines = [
    `${namespace} ${dialect.types.key} NOT NULL`,
    ...columns,
    `PRIMARY KEY (${namespace}, ${seq})`,
    // By it the latest entry of each change is found without reading the ones before.
    `${uniqueKey(dialect)} (${namespace}, ${changeId}, ${seq})`,
  ];
  return `CREATE TABLE IF NOT EXISTS ${table} (\n  ${lines.join(',\n  ')}\n) ${dialect.tableOptions}`.trimEnd();
}

function uniqueKey({ name, quote }: Dialect): string {
  return name === 'mysql' ? `UNIQUE KEY ${quote(INDEX_BY_CHANGE)}` : 'UNIQUE';
}

/** The value of one column. */
export function columnValue(entry: AuditEntry, { field }: AuditColumn): string | number | null {
  const value = entry[field];
  if (value === null || typeof value === 'number') return value;
  // The very text that was hashed, but for the order of the keys within the entry.
  return typeof value === 'string' ? storedText(value) : canonicalJson(value);
}

/** The entry of a row of the audit table. */
export function entryOf(row: Row): AuditEntry {
  const text = (name: string): string => readText(String(row[name]));
  const optional = (name: string): string | null => (row[name] === null ? null : text(name));
  return {
    seq: Number(row.seq),
    format: Number(row.format),
    executionId: text('execution_id'),
    changeId: text('change_id'),
    stage: text('stage'),
    order: text('change_order'),
    author: text('author'),
    targetSystem: text('target_system'),
    state: text('state') as AuditEntry['state'],
    operation: text('operation') as AuditEntry['operation'],
    strategy: text('strategy') as AuditEntry['strategy'],
    recovery: text('recovery') as AuditEntry['recovery'],
    attempt: Number(row.attempt),
    at: text('at'),
    durationMs: Number(row.duration_ms),
    host: text('host'),
    actor: text('actor'),
    environment: optional('environment'),
    appVersion: optional('app_version'),
    app: optional('app'),
    className: text('class_name'),
    method: text('method'),
    description: optional('description'),
    ticket: optional('ticket'),
    metadata: metadataOf(row.metadata),
    error: optional('error'),
    reason: optional('reason'),
    previousHash: text('previous_hash'),
    hash: text('hash'),
  };
}

/** What is no JSON object was altered by hand; kept in view, so that the hash tells on it. */
function metadataOf(stored: Row[string]): AuditEntry['metadata'] {
  if (stored === null || stored === undefined) return null;
  const value = parsedJson(String(stored));
  return isObject(value) ? value : { altered: String(stored) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
