import type { PlainItem } from './attribute-values.js';
import type { OwnCalls } from './own-calls.js';

/** Where the audit of one namespace is. The parts of a key never mix: what a namespace contains stands last. */
export interface StorePlace {
  readonly calls: OwnCalls;
  readonly table: string;
  readonly namespace: string;
  /** What brings items of version 1, 2, … to the version behind it. Each does no harm when it is done twice. */
  readonly upgrades: readonly ((place: StorePlace) => Promise<void>)[];
}

/** None yet: the items have been as they are since 1.0. */
export const STORE_UPGRADES: StorePlace['upgrades'] = [];

/** That of the items which this version writes. */
export function storeVersion({ upgrades }: Pick<StorePlace, 'upgrades'>): number {
  return upgrades.length + 1;
}

const SEQ_DIGITS = 16;
const HIGHEST_SEQ = Number.MAX_SAFE_INTEGER;

/** The partition of the latest entry of each change. */
export function statePartition({ namespace }: StorePlace): string {
  return `state#${namespace}`;
}

/** The item that holds the lease and the end of the chain. Sorts right behind the last entry: one query reads both. */
export function headKey(place: StorePlace) {
  return { pk: logPartition(place), sk: 'head' };
}

export function latestKey(place: StorePlace, changeId: string): PlainItem {
  return { pk: statePartition(place), sk: `latest#${changeId}` };
}

/** The partition of all entries, by seq, and of the head behind them. */
export function logPartition({ namespace }: StorePlace): string {
  return `log#${namespace}`;
}

export function entryKey(place: StorePlace, seq: number) {
  return { pk: logPartition(place), sk: sortable(seq) };
}

/** The partition of what is too large for the item of an entry. */
export function partsPartition({ namespace }: StorePlace): string {
  return `parts#${namespace}`;
}

/** A number that sorts as text; the highest of all stands for one beyond. */
export function sortable(seq: number): string {
  return String(Math.min(seq, HIGHEST_SEQ)).padStart(SEQ_DIGITS, '0');
}

/** The sort key of an entry in the index by change. */
export function changeKey(changeId: string, seq: number | 'last'): string {
  return `${changeId}#${seq === 'last' ? '~' : sortable(seq)}`;
}
