import { types } from 'node:util';

/** A moment as drivers give it (a Date, milliseconds, a text) in ISO 8601, UTC. A text without a zone counts as UTC. Null when it is none. */
export function momentOf(value: unknown): string | null {
  const date = types.isDate(value) ? value : new Date(timeOf(value));
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/**
 * A moment as `momentOf` reads it, but a text without a zone is local time in `zone`. Then the result has the zone as well.
 *
 * @throws RangeError when the zone is needed and does not exist
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

/** A text as it is, a number as a text; undefined for an empty text and for everything else. */
export function wordOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined;
}

/** A number, also when the driver returns it as a bigint or a text. */
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

/** True for `true` and for the values that databases without a boolean type store instead. */
export function isTrue(value: unknown): boolean {
  return value === true || value === 1 || value === 1n || value === '1' || value === 't' || value === 'true';
}

/** The values as plain JSON, without null and undefined. */
export function factsOf(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const present = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  const json = JSON.stringify(Object.fromEntries(present), (_, value: unknown) =>
    typeof value === 'bigint' ? Number(value) : value,
  );
  return JSON.parse(json) as Record<string, unknown>;
}

/** The last row of each name, in the order of the rows. */
export function latestOf<T>(rows: readonly T[], nameOf: (row: T) => string): T[] {
  const latest = new Map<string, T>();
  for (const row of rows) {
    latest.delete(nameOf(row));
    latest.set(nameOf(row), row);
  }
  return [...latest.values()];
}

/**
 * The moment at which the local time of a zone was `wall`, which is given as if it were UTC; both in milliseconds since 1970.
 * When the clocks go back, the first of the two hours; when they go forward, the skipped hour counts as the one after it.
 *
 * @param zone - as `Intl` knows them, such as 'UTC' and 'Europe/Berlin', or an offset such as '+05:30'
 * @throws RangeError when there is no such zone
 */
function instantOf(wall: number, zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(zone) ?? [];
  if (sign) return wall - Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  const offsets = [wall - DAY, wall + DAY].map((around) => shownAt(around, zone) - around);
  const candidates = offsets.map((offset) => wall - offset);
  return candidates.find((at) => shownAt(at, zone) === wall) ?? candidates[0]!;
}

const DAY = 86_400_000;

/** The local time of the zone, as if it were UTC. */
function shownAt(at: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 0, day = 0, hour, minute, second } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((at % 1000) + 1000) % 1000);
}
