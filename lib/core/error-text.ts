import { inspect } from 'node:util';
import { redact } from './redact.js';

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return redact(error instanceof Error ? error.message : inspect(error));
}

/** Message, stack and causes of anything thrown, in full, secrets redacted; what the audit keeps. */
export function errorText(error: unknown): string {
  const lines: string[] = [];
  const seen = new Set<unknown>();
  for (let current: unknown = error; current !== undefined && !seen.has(current);) {
    seen.add(current);
    lines.push(
      `${lines.length ? 'Caused by: ' : ''}${current instanceof Error ? (current.stack ?? current.message) : inspect(current)}`,
    );
    current = current instanceof Error ? current.cause : undefined;
  }
  return redact(lines.join('\n'));
}
