import { gunzipSync, gzipSync } from 'node:zlib';
import { canonicalJson } from '../../../core/kit/canonical-json.js';
import { parsedJson, readText } from '../../../core/kit/stored-text.js';
import { AUDIT_ENTRY_FIELDS, type AuditEntry } from '../../../core/model/audit-entry.js';
import { numberOf, type Plain, type PlainItem, storedText } from '../connection/attribute-values.js';
import { partsPartition, sortable, type StoreLocation } from './store-location.js';

type Field = keyof AuditEntry;

/** The attributes of an entry, by the names of its fields. Null has no attribute; metadata is the text that was hashed. */
export function attributesOf(entry: AuditEntry): PlainItem {
  const given = AUDIT_ENTRY_FIELDS.filter((field) => entry[field] !== null);
  return Object.fromEntries(given.map((field): [string, Plain] => [field, stored(entry[field])]));
}

/** The entry of an item. Never throws: a value that was altered by hand is kept, so that the hash of the entry does not match. */
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

/** DynamoDB takes 400 KB an item. Smaller items keep the query of all latest entries short. */
const LARGEST_TEXT = 8 * 1024;
const LARGEST_PART = 350 * 1024;

/** An entry split into items: the fields that fit, and the rest, compressed. */
export interface PackedEntry {
  readonly fields: PlainItem;
  readonly parts: readonly Uint8Array[];
}

/** Takes long texts, such as an error of a megabyte, out of the item of an entry. `parts` is the number of items that hold them. */
export function pack(fields: PlainItem): PackedEntry {
  const all = Object.entries(fields);
  const long = all.filter(([, value]) => isLong(value));
  if (long.length === 0) return { fields, parts: [] };
  const packed = gzipSync(JSON.stringify(Object.fromEntries(long)));
  const count = Math.ceil(packed.length / LARGEST_PART);
  const parts = Array.from({ length: count }, (_, index) =>
    packed.subarray(index * LARGEST_PART, (index + 1) * LARGEST_PART),
  );
  const short = Object.fromEntries(all.filter(([, value]) => !isLong(value)));
  return { fields: { ...short, parts: parts.length }, parts };
}

export function partKey(location: StoreLocation, seq: number, index: number): PlainItem {
  return { pk: partsPartition(location), sk: `${sortable(seq)}#${index}` };
}

/** Puts back the long texts that `pack` took out of the item of an entry. */
export async function unpack(location: StoreLocation, item: PlainItem): Promise<PlainItem> {
  const count = numberOf(item, 'parts');
  if (count === 0) return item;
  const found = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      location.calls.get(location.table, partKey(location, numberOf(item, 'seq'), index)),
    ),
  );
  return { ...item, ...unzip(found.map((part) => part?.['body'])) };
}

/** Gives nothing when a part is missing or altered: then the hash of the entry does not match. */
function unzip(parts: readonly (Plain | undefined)[]): PlainItem {
  try {
    const bytes = parts.map((part) => (part instanceof Uint8Array ? part : new Uint8Array()));
    return parsedJson(gunzipSync(Buffer.concat(bytes)).toString()) as PlainItem;
  } catch {
    return {};
  }
}

function isLong(value: Plain): boolean {
  return typeof value === 'string' && value.length > LARGEST_TEXT;
}
