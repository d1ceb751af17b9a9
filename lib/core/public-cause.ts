import { inspect } from 'node:util';
import { isError, messageOf, publicText, stackOf, valueIn } from './error-text.js';

/** Texts of drivers' errors that hold what was sent: statements with their values, bodies. */
const SENT: readonly PropertyKey[] = ['sql', 'body', 'data', 'message', 'stack', 'cause', 'errors', 'name'];

/** In characters. */
const LONGEST_FIELD = 2_000;

/**
 * A cause as it may be printed: of an error a copy of its class with name, message, stack, code and other plain fields, secrets
 * redacted, its own causes likewise; of anything else a text. Left out is what a driver hangs on its errors: the request with
 * headers and body, the response, parameters. Never throws.
 *
 * @param isOurs - an error that is safe already and stays what it is
 */
export function publicCause(cause: unknown, isOurs: (error: Error) => boolean): unknown {
  try {
    return copyOf(cause, { isOurs, copies: new Map() });
  } catch {
    return messageOf(cause);
  }
}

interface Copying {
  readonly isOurs: (error: Error) => boolean;
  /** Causes may go in a circle. */
  readonly copies: Map<object, Error>;
}

function copyOf(value: unknown, copying: Copying): unknown {
  if (value === undefined || value === null || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (!isError(value)) return messageOf(value);
  const { isOurs, copies } = copying;
  if (isOurs(value)) return value;
  const known = copies.get(value);
  if (known) return known;
  const copy = new Error(messageOf(value));
  copies.set(value, copy);
  hide(copy, 'stack', stackOf(value));
  // A class of its own may print itself in its own way, from fields that are not here.
  hide(copy, inspect.custom, undefined);
  hide(copy, 'toJSON', undefined);
  copyFields(value, copy, copying);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (typeof prototype === 'object') Object.setPrototypeOf(copy, prototype);
  return copy;
}

function copyFields(from: Error, to: Error, copying: Copying): void {
  const name = valueIn(from, 'name');
  if (typeof name === 'string' && Object.hasOwn(from, 'name')) hide(to, 'name', publicText(name));
  const cause = valueIn(from, 'cause');
  if (cause !== undefined) hide(to, 'cause', copyOf(cause, copying));
  const errors = valueIn(from, 'errors');
  if (Array.isArray(errors))
    hide(
      to,
      'errors',
      errors.map((error) => copyOf(error, copying)),
    );
  for (const key of Reflect.ownKeys(from).filter((own) => !SENT.includes(own))) {
    const value = fieldOf(valueIn(from, key), key, copying);
    if (value !== undefined)
      Object.defineProperty(to, key, { ...HIDDEN, value, enumerable: isShown(from, key) });
  }
}

function isShown(error: object, key: PropertyKey): boolean {
  return Object.prototype.propertyIsEnumerable.call(error, key);
}

/** Plain values, errors, and sets of texts such as the labels of MongoDB's errors. */
function fieldOf(value: unknown, key: PropertyKey, copying: Copying): unknown {
  if (typeof value === 'string') return publicField(key, value);
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return value;
  if (value instanceof Set) return new Set([...value].filter((item) => typeof item === 'string'));
  return isError(value) ? copyOf(value, copying) : undefined;
}

/** A field is named as a secret, or its text has some. */
function publicField(key: PropertyKey, value: string): string {
  const before = `${String(key)}=`;
  const text = publicText(`${before}${value}`, LONGEST_FIELD);
  return text.startsWith(before) ? text.slice(before.length) : '***';
}

const HIDDEN = { writable: true, configurable: true, enumerable: false } as const;

function hide(error: Error, key: PropertyKey, value: unknown): void {
  Object.defineProperty(error, key, { ...HIDDEN, value });
}
