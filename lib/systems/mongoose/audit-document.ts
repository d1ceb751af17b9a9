import type { AuditEntry } from '../../core/audit-entry.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { parsedJson, readText } from '../../core/stored-text.js';
import { storedText } from './stored-text.js';

type Stored = string | number | null;

/** An entry as a document of the audit collection: its fields by their own names, and the namespace. */
export type AuditDocument = { readonly [field in keyof AuditEntry]: Stored } & { readonly namespace: string };

/** Every field of an entry; the compiler misses none. */
const FIELDS = Object.keys({
  seq: 0,
  executionId: 0,
  changeId: 0,
  stage: 0,
  order: 0,
  author: 0,
  targetSystem: 0,
  state: 0,
  operation: 0,
  strategy: 0,
  recovery: 0,
  attempt: 0,
  at: 0,
  durationMs: 0,
  host: 0,
  actor: 0,
  environment: 0,
  appVersion: 0,
  className: 0,
  method: 0,
  description: 0,
  ticket: 0,
  metadata: 0,
  error: 0,
  reason: 0,
  previousHash: 0,
  hash: 0,
} satisfies Record<keyof AuditEntry, 0>) as readonly (keyof AuditEntry)[];

/** The document of an entry. Its metadata is the very text that was hashed: MongoDB takes no field names with NUL. */
export function auditDocument(namespace: string, entry: AuditEntry): AuditDocument {
  const fields = FIELDS.map((field) => [field, storedValue(entry[field])]);
  return { namespace, ...(Object.fromEntries(fields) as Omit<AuditDocument, 'namespace'>) };
}

/** The entry of a document. */
export function entryOf(document: Readonly<Record<string, unknown>>): AuditEntry {
  const fields = FIELDS.map((field) => {
    const stored = document[field];
    const value = typeof stored === 'string' ? readText(stored) : (stored ?? null);
    return [field, field === 'metadata' ? metadataOf(value) : value];
  });
  return Object.fromEntries(fields) as AuditEntry;
}

function storedValue(value: AuditEntry[keyof AuditEntry]): Stored {
  if (value === null || typeof value === 'number') return value;
  return storedText(typeof value === 'string' ? value : canonicalJson(value));
}

/** What is no JSON object was altered by hand; kept in view, so that the hash tells on it. */
function metadataOf(stored: unknown): AuditEntry['metadata'] {
  if (stored === null) return null;
  const value = typeof stored === 'string' ? parsedJson(stored) : undefined;
  return isObject(value) ? value : { altered: stored };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
