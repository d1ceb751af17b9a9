import { AUDIT_ENTRY_FIELDS, type AuditEntry } from '../../core/audit-entry.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { parsedJson, readText } from '../../core/stored-text.js';
import type { Plain, PlainItem } from './attribute-values.js';
import { storedText } from './stored-text.js';

type Field = keyof AuditEntry;

/** The attributes of an entry, by the names of its fields. What is null has none; metadata is the very text that was hashed. */
export function attributesOf(entry: AuditEntry): PlainItem {
  const given = AUDIT_ENTRY_FIELDS.filter((field) => entry[field] !== null);
  return Object.fromEntries(given.map((field): [string, Plain] => [field, stored(entry[field])]));
}

/** The entry of an item. Never throws: what was altered by hand comes back as it stands, so that its hash tells on it. */
export function entryOf(item: PlainItem): AuditEntry {
  const fields = AUDIT_ENTRY_FIELDS.map((field) => {
    const value = item[field];
    const read = typeof value === 'string' ? readText(value) : (value ?? null);
    return [field, field === 'metadata' ? metadataOf(read) : read];
  });
  return Object.fromEntries(fields) as AuditEntry;
}

function stored(value: AuditEntry[Field]): Plain {
  if (typeof value === 'number') return value;
  return storedText(typeof value === 'string' ? value : canonicalJson(value));
}

function metadataOf(value: Plain | null): AuditEntry['metadata'] {
  if (value === null) return null;
  const metadata = typeof value === 'string' ? parsedJson(value) : undefined;
  return isObject(metadata) ? metadata : { altered: value };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
