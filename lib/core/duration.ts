const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** A duration in milliseconds, as a number, or as a text such as `'200ms'`, `'30s'`, `'5m'`, `'1h'`. */
export type Duration = number | string;

/**
 * @returns milliseconds
 * @throws RangeError when it is neither a positive number nor a number with a unit
 */
export function parseDuration(value: Duration): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)$/.exec(String(value)) ?? [];
  const ms = typeof value === 'number' ? value : Number(amount) * (UNITS[unit ?? ''] ?? NaN);
  if (Number.isFinite(ms) && ms > 0) return Math.round(ms);
  throw new RangeError(
    `${JSON.stringify(value)} is not a duration; write milliseconds or '200ms', '30s', '5m', '1h'`,
  );
}
