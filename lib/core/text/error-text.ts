import { inspect, types } from 'node:util';
import { cutText, LONGEST_TEXT, visible } from './printable.js';
import { redact } from './redact.js';

/** In characters. A long message leaves room for the stack and the causes. */
const LONGEST_PART = LONGEST_TEXT / 4;

/**
 * True for an error, also of another realm: under jest, an error of Node's own modules or of a native driver is not an instance
 * of the `Error` in a test file. Never throws.
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

/** Message, stack and causes of anything thrown, made safe like `messageOf` and no longer than the audit keeps. Never throws. */
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

/** Makes a text safe to store and to print: secrets redacted, control characters made visible. @param longest - in characters */
export function publicText(text: string, longest = LONGEST_TEXT): string {
  return visible(redact(text, longest));
}

/** A property of an object; undefined when reading it throws. */
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

/** Message and stack of one error, made safe. Uses the present message, also when it was changed after the stack was recorded. */
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

/**
 * The error itself, or a readable copy when reading it could throw: for a proxy, or an error with getters that throw. Without
 * this, such an error could not be recorded.
 */
export function readable(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error;
  if (types.isProxy(error) || !isReadable(error)) return readableCopy(error);
  return error;
}

const READ_BY_MANY = ['name', 'message', 'stack', 'cause', 'code', 'errors', 'constructor'] as const;

function isReadable(error: object): boolean {
  try {
    READ_BY_MANY.forEach((name) => void Reflect.get(error, name));
    return !isError(error) || typeof error.message === 'string';
  } catch {
    return false;
  }
}

function readableCopy(error: object): Error {
  const text = errorText(error);
  const [first = ''] = text.split('\n', 1);
  const message = first.replace(/^(?:Error: )?/, '');
  const copy = new Error(
    isError(error) ? message : `something was thrown that cannot be looked at: ${message}`,
  );
  copy.stack = isError(error) ? text : `Error: ${copy.message}`;
  return copy;
}
