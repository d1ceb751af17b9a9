import { inspect } from 'node:util';
import { cutText, LONGEST_TEXT } from './longest-text.js';
import { redact } from './redact.js';
import { visible } from './visible.js';

/** In characters: so that a long message leaves room for the stack and the causes. */
const LONGEST_PART = LONGEST_TEXT / 4;

/**
 * True for errors of other realms as well: under jest, an error of Node's own modules or of a native driver is
 * no instance of the `Error` that a test file sees. Never throws.
 */
export function isError(value: unknown): value is Error {
  try {
    return (
      value instanceof Error ||
      (typeof value === 'object' &&
        value !== null &&
        typeof Reflect.get(value, 'message') === 'string' &&
        typeof Reflect.get(value, 'stack') === 'string')
    );
  } catch {
    return false;
  }
}

/** The message of anything thrown: secrets redacted, cut when it is very long, control characters made visible. Never throws. */
export function messageOf(error: unknown): string {
  const message = isError(error) ? textIn(error, 'message') : undefined;
  return publicText(message ?? shown(error), LONGEST_TEXT);
}

/** Message, stack and causes of anything thrown: as `messageOf`, no longer than the audit keeps. Never throws. */
export function errorText(error: unknown): string {
  const texts: string[] = [];
  const seen = new Set<unknown>();
  let current: unknown = error;
  do {
    seen.add(current);
    texts.push(isError(current) ? stackOf(current) : publicText(shown(current), LONGEST_PART));
    current = isError(current) ? valueIn(current, 'cause') : undefined;
  } while (current !== undefined && !seen.has(current));
  return cutText(texts.join('\nCaused by: '));
}

/** A text that may be kept and printed. */
export function publicText(text: string, longest = LONGEST_TEXT): string {
  return visible(redact(text, longest));
}

/** A property of anything; undefined when reading it throws. */
export function valueIn(error: object, name: PropertyKey): unknown {
  try {
    return Reflect.get(error, name);
  } catch {
    return undefined;
  }
}

function textIn(error: object, name: PropertyKey): string | undefined {
  const value = valueIn(error, name);
  return typeof value === 'string' ? value : undefined;
}

/** Message and stack of one error as they may be kept. The message may have been altered after the stack was taken. */
export function stackOf(error: Error): string {
  const name = textIn(error, 'name') ?? 'Error';
  const message = textIn(error, 'message') ?? '(its message cannot be read)';
  const stack = textIn(error, 'stack') ?? '';
  const at = stack.indexOf(message);
  const head = at < 0 ? `${name}: ` : stack.slice(0, at);
  const frames = at < 0 ? stack && `\n${stack}` : stack.slice(at + message.length);
  return `${publicText(head + message, LONGEST_PART)}${publicText(frames, LONGEST_PART)}`;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return inspect(value, { maxStringLength: LONGEST_PART, maxArrayLength: 100 });
  } catch {
    return 'something that cannot be shown';
  }
}
