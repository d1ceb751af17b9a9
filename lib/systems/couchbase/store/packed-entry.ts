import { gunzipSync, gzipSync } from 'node:zlib';
import type { AuditEntry } from '../../../core/model/audit-entry.js';

/** In characters. Longer texts, such as an error of a megabyte, are compressed: the head and the latest entries are read often. */
const LONGEST_TEXT = 8 * 1024;

/** An entry as a document holds it: readable, with long texts compressed. */
export type PackedEntry = Readonly<Record<string, unknown>>;

/** The entry as it is written. */
export function pack(entry: AuditEntry): PackedEntry {
  return Object.fromEntries(Object.entries(entry).map(([field, value]) => [field, packed(value)]));
}

/** The entry. Never throws: a value that was altered by hand is kept, so that the hash of the entry does not match. */
export function unpack(entry: PackedEntry): AuditEntry {
  const fields = Object.entries(entry).map(([field, value]) => [
    field,
    field === 'metadata' ? value : unpacked(value),
  ]);
  return Object.fromEntries(fields) as AuditEntry;
}

function packed(value: unknown): unknown {
  if (typeof value !== 'string' || value.length <= LONGEST_TEXT) return value;
  return { gzip: gzipSync(JSON.stringify(value)).toString('base64') };
}

function unpacked(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('gzip' in value)) return value;
  try {
    return JSON.parse(gunzipSync(Buffer.from(String(value.gzip), 'base64')).toString()) as unknown;
  } catch {
    return value.gzip;
  }
}
