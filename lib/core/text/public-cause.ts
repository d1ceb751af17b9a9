import { inspect } from 'node:util';
import { isError, messageOf, publicText, stackOf, valueIn } from './error-text.js';

/** Properties that are copied one by one. */
const COPIED_APART: readonly PropertyKey[] = ['message', 'stack', 'cause', 'errors', 'name'];

/** Properties of drivers' errors that hold what was sent or what is stored: statements with their values, rows, bodies. */
const SENT: readonly PropertyKey[] = [
  'sql',
  'query',
  'parameters',
  'internalQuery',
  'where',
  'detail',
  'body',
  'data',
  'value',
  'stringValue',
];

/** In characters. */
const LONGEST_FIELD = 2_000;

/**
 * A cause that is safe to print. Of an error, a copy of its class with name, message, stack, code and other plain fields, secrets
 * redacted, and its causes likewise; of anything else, a text. Request, response and parameters that a driver attaches to its
 * errors are left out. Never throws.
 *
 * @param isOurs - true for an error that is already safe and is not copied
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
  /** Causes may form a circle. */
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
  // The class may print itself by a method that reads fields which the copy lacks.
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
  for (const key of Reflect.ownKeys(from).filter((own) => ![...COPIED_APART, ...SENT].includes(own))) {
    const value = fieldOf(valueIn(from, key), key, copying);
    if (value !== undefined)
      Object.defineProperty(to, key, { ...HIDDEN, value, enumerable: isShown(from, key) });
  }
}

function isShown(error: object, key: PropertyKey): boolean {
  return Object.prototype.propertyIsEnumerable.call(error, key);
}

/** The copy of a plain value, an error, or a set of texts such as the labels of MongoDB's errors; undefined for anything else. */
function fieldOf(value: unknown, key: PropertyKey, copying: Copying): unknown {
  if (typeof value === 'string') return publicField(key, value);
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return value;
  if (value instanceof Set) return new Set([...value].filter((item) => typeof item === 'string'));
  return isError(value) ? copyOf(value, copying) : undefined;
}

/** Hides the value of a field whose name names a secret, and redacts secrets in other values. */
function publicField(key: PropertyKey, value: string): string {
  const before = `${String(key)}=`;
  const text = publicText(`${before}${value}`, LONGEST_FIELD);
  return text.startsWith(before) ? text.slice(before.length) : '***';
}

const HIDDEN = { writable: true, configurable: true, enumerable: false } as const;

function hide(error: Error, key: PropertyKey, value: unknown): void {
  Object.defineProperty(error, key, { ...HIDDEN, value });
}
