import type { PlainItem } from './attribute-values.js';
import type { OwnCalls } from './own-calls.js';

/** Where the audit of one namespace is. The parts of a key never mix: what a namespace contains stands last. */
export interface StorePlace {
  readonly calls: OwnCalls;
  readonly table: string;
  readonly namespace: string;
}

const SEQ_DIGITS = 16;

/** The partition of what one read must tell: head, lease and the latest entry of each change. */
export function statePartition({ namespace }: StorePlace): string {
  return `state#${namespace}`;
}

/** The item that holds the lease and the end of the chain. Sorts before the latest entries. */
export function headKey(place: StorePlace): PlainItem {
  return { pk: statePartition(place), sk: 'head' };
}

export function latestKey(place: StorePlace, changeId: string): PlainItem {
  return { pk: statePartition(place), sk: `latest#${changeId}` };
}

/** The partition of all entries, by seq. DynamoDB splits it as it grows. */
export function logPartition({ namespace }: StorePlace): string {
  return `log#${namespace}`;
}

export function entryKey(place: StorePlace, seq: number): PlainItem {
  return { pk: logPartition(place), sk: sortable(seq) };
}

/** The partition of what is too large for the item of an entry. */
export function partsPartition({ namespace }: StorePlace): string {
  return `parts#${namespace}`;
}

/** A number that sorts as text. */
export function sortable(seq: number): string {
  return String(seq).padStart(SEQ_DIGITS, '0');
}

/** The sort key of an entry in the index by change. */
export function changeKey(changeId: string, seq: number | 'first' | 'last'): string {
  const text = { first: '', last: '~' };
  return `${changeId}#${typeof seq === 'number' ? sortable(seq) : text[seq]}`;
}
