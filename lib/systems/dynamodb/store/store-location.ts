import type { PlainItem } from '../connection/attribute-values.js';
import type { OwnCalls } from '../connection/own-calls.js';

/** Where the audit of one namespace is. The namespace is the last part of a key, so that no text in it can look like another part. */
export interface StoreLocation {
  readonly calls: OwnCalls;
  readonly table: string;
  readonly namespace: string;
  /** Bring items from version 1 to 2, from 2 to 3, and so on. Each has the same result when it runs twice. */
  readonly upgrades: readonly ((location: StoreLocation) => Promise<void>)[];
}

/** None yet: the items are those of version 1. */
export const STORE_UPGRADES: StoreLocation['upgrades'] = [];

/** The version of the items that this code writes. */
export function storeVersion({ upgrades }: Pick<StoreLocation, 'upgrades'>): number {
  return upgrades.length + 1;
}

const SEQ_DIGITS = 16;
const HIGHEST_SEQ = Number.MAX_SAFE_INTEGER;

/** The partition of the latest entry of each change. */
export function statePartition({ namespace }: StoreLocation): string {
  return `state#${namespace}`;
}

/** The item that holds the lease and the end of the chain. It sorts right behind the last entry, so that one query reads both. */
export function headKey(location: StoreLocation) {
  return { pk: logPartition(location), sk: 'head' };
}

export function latestKey(location: StoreLocation, changeId: string): PlainItem {
  return { pk: statePartition(location), sk: `latest#${changeId}` };
}

/** The partition of all entries, by seq, and of the head behind them. */
export function logPartition({ namespace }: StoreLocation): string {
  return `log#${namespace}`;
}

export function entryKey(location: StoreLocation, seq: number) {
  return { pk: logPartition(location), sk: sortable(seq) };
}

/** The partition of long texts that the item of an entry does not hold. */
export function partsPartition({ namespace }: StoreLocation): string {
  return `parts#${namespace}`;
}

/** A seq as a text that sorts like the number. A number that is too large becomes the highest one. */
export function sortable(seq: number): string {
  return String(Math.min(seq, HIGHEST_SEQ)).padStart(SEQ_DIGITS, '0');
}

/** The sort key of an entry in the index by change. */
export function changeKey(changeId: string, seq: number | 'last'): string {
  return `${changeId}#${seq === 'last' ? '~' : sortable(seq)}`;
}
