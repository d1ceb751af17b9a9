const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** The longest time of a timer, in milliseconds; a longer one fires at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** A duration in milliseconds, as a number, or as a text such as `'200ms'`, `'30s'`, `'5m'`, `'1h'`. */
export type Duration = number | string;

/**
 * @returns milliseconds
 * @throws RangeError when it is neither a positive number nor a number with a unit, or is longer than 596 hours
 */
export function parseDuration(value: Duration): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)$/.exec(String(value)) ?? [];
  const ms = typeof value === 'number' ? value : Number(amount) * (UNITS[unit ?? ''] ?? NaN);
  if (ms > LONGEST_MS)
    throw new RangeError(`${JSON.stringify(value)} is longer than a timer can hold; at most '596h'`);
  if (ms > 0) return Math.ceil(ms);
  throw new RangeError(
    `${JSON.stringify(value)} is not a duration; write milliseconds or '200ms', '30s', '5m', '1h'`,
  );
}
