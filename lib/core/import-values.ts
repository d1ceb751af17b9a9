import { types } from 'node:util';
import { instantOf } from './wall-clock.js';

/** A moment as drivers give it (a Date, milliseconds, a text) in ISO 8601, UTC. A text without a zone counts as UTC. Null when it is none. */
export function momentOf(value: unknown): string | null {
  const date = types.isDate(value) ? value : new Date(timeOf(value));
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/**
 * A moment as `momentOf` reads it, but a text without a zone is what the clocks of `zone` showed; then the zone is told too.
 *
 * @throws RangeError when it is needed and there is no such zone
 */
export function momentIn(
  value: unknown,
  zone: string,
): { readonly at: string | null; readonly zone?: string } {
  const at = momentOf(value);
  if (!at || typeof value !== 'string' || /^\d{10,}$/.test(value) || ZONE.test(value.trim())) return { at };
  return { at: new Date(instantOf(Date.parse(at), zone)).toISOString(), zone };
}

const ZONE = /(?:Z|[+-]\d\d(?::?\d\d)?)$/i;

function timeOf(value: unknown): number {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string' || !value.trim()) return Number.NaN;
  if (/^\d{10,}$/.test(value)) return Number(value);
  const written = value
    .trim()
    .replace(' ', 'T')
    .replace(/(:\d\d(?:\.\d+)?[+-]\d\d)$/, '$1:00');
  return Date.parse(ZONE.test(written) ? written : `${written}Z`);
}

/** A text as it is, a number as a text; undefined when there is nothing to read. */
export function wordOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined;
}

/** A number, whatever type of integer the driver makes of it. */
export function countOf(value: unknown): number | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  const count = Number(value);
  return Number.isFinite(count) ? count : undefined;
}

/** Milliseconds; undefined for a negative number, which stands for "not measured". */
export function durationOf(value: unknown): number | undefined {
  const count = countOf(value);
  return count === undefined || count < 0 ? undefined : count;
}

/** True for what databases without a boolean type say instead. */
export function isTrue(value: unknown): boolean {
  return value === true || value === 1 || value === 1n || value === '1' || value === 't' || value === 'true';
}

/** The values as plain JSON; those that are missing are left out. */
export function factsOf(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const present = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  const json = JSON.stringify(Object.fromEntries(present), (_, value: unknown) =>
    typeof value === 'bigint' ? Number(value) : value,
  );
  return JSON.parse(json) as Record<string, unknown>;
}

/** The last row of each name, in the order in which they came. */
export function latestOf<T>(rows: readonly T[], nameOf: (row: T) => string): T[] {
  const latest = new Map<string, T>();
  for (const row of rows) {
    latest.delete(nameOf(row));
    latest.set(nameOf(row), row);
  }
  return [...latest.values()];
}
