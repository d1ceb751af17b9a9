import { types } from 'node:util';
import { errorText, isError } from './error-text.js';

/**
 * The error, or one in its place when whoever looks at it would fail: a proxy, or one with getters that throw. So that no
 * error can keep its own record from being written.
 */
export function tellable(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error;
  if (types.isProxy(error) || !isReadable(error)) return inItsPlace(error);
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

function inItsPlace(error: object): Error {
  const told = errorText(error);
  const [first = ''] = told.split('\n', 1);
  const message = first.replace(/^(?:Error: )?/, '');
  const copy = new Error(
    isError(error) ? message : `something was thrown that cannot be looked at: ${message}`,
  );
  copy.stack = isError(error) ? told : `Error: ${copy.message}`;
  return copy;
}
