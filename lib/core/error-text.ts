import { inspect } from 'node:util';
import { redact } from './redact.js';

/**
 * True for errors of other realms as well: under jest, an error of Node's own modules or of a native driver is
 * no instance of the `Error` that a test file sees.
 */
export function isError(value: unknown): value is Error {
  return (
    value instanceof Error ||
    (typeof value === 'object' &&
      value !== null &&
      typeof Reflect.get(value, 'message') === 'string' &&
      typeof Reflect.get(value, 'stack') === 'string')
  );
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return redact(isError(error) ? error.message : inspect(error));
}

/** Message, stack and causes of anything thrown, in full, secrets redacted; what the audit keeps. */
export function errorText(error: unknown): string {
  const lines: string[] = [];
  const seen = new Set<unknown>();
  for (let current: unknown = error; current !== undefined && !seen.has(current);) {
    seen.add(current);
    lines.push(
      `${lines.length ? 'Caused by: ' : ''}${isError(current) ? (current.stack ?? current.message) : inspect(current)}`,
    );
    current = isError(current) ? current.cause : undefined;
  }
  return redact(lines.join('\n'));
}
