import { parsedJson } from '../../core/stored-text.js';
import { gunzipSync, gzipSync } from 'node:zlib';
import { numberOf, type Plain, type PlainItem } from './attribute-values.js';
import { sortable, type StorePlace, partsPartition } from './store-place.js';

/** DynamoDB takes 400 KB an item. Much less keeps the one read of all latest entries short. */
const LARGEST_TEXT = 8 * 1024;
const LARGEST_PART = 350 * 1024;

/** An entry in items: what fits, and the rest, compressed. */
export interface PackedEntry {
  readonly fields: PlainItem;
  readonly parts: readonly Uint8Array[];
}

/** Takes long texts, such as an error of a megabyte, out of the item of an entry; `parts` in it tells how many there are. */
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

export function partKey(place: StorePlace, seq: number, index: number): PlainItem {
  return { pk: partsPartition(place), sk: `${sortable(seq)}#${index}` };
}

/** Puts back what was taken out of the item of an entry. */
export async function unpack(place: StorePlace, item: PlainItem): Promise<PlainItem> {
  const count = numberOf(item, 'parts');
  if (count === 0) return item;
  const found = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      place.calls.get(place.table, partKey(place, numberOf(item, 'seq'), index)),
    ),
  );
  return { ...item, ...unzip(found.map((part) => part?.['body'])) };
}

/** Parts that are gone or altered give nothing back, and the hash of the entry tells on it. */
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
