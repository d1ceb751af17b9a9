import { canonicalJson } from '../../../core/kit/canonical-json.js';
import { parsedJson, readText, storedTextWhere } from '../../../core/kit/stored-text.js';
import { AUDIT_ENTRY_FIELDS, type AuditEntry } from '../../../core/model/audit-entry.js';

type Stored = string | number | null;

/** An entry as a document of the audit collection: its fields by their own names, and the namespace. */
export type AuditDocument = { readonly [field in keyof AuditEntry]: Stored } & { readonly namespace: string };

/** The document of an entry. Metadata is stored as the text that was hashed: MongoDB takes no field names with NUL. */
export function auditDocument(namespace: string, entry: AuditEntry): AuditDocument {
  const fields = AUDIT_ENTRY_FIELDS.map((field) => [field, storedValue(entry[field])]);
  return { namespace, ...(Object.fromEntries(fields) as Omit<AuditDocument, 'namespace'>) };
}

/** The entry of a document. */
export function entryOf(document: Readonly<Record<string, unknown>>): AuditEntry {
  const fields = AUDIT_ENTRY_FIELDS.map((field) => {
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

/** A value that is no JSON object was altered by hand. It is kept, so that the hash of the entry does not match. */
function metadataOf(stored: unknown): AuditEntry['metadata'] {
  if (stored === null) return null;
  const value = typeof stored === 'string' ? parsedJson(stored) : undefined;
  return isObject(value) ? value : { altered: stored };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text as it is stored. BSON would change half a surrogate pair. */
export const storedText = storedTextWhere(/\p{Surrogate}/u);
