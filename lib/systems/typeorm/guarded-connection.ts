import { TargetSystemError } from '../../core/errors.js';
import type { AttemptGate } from './attempt-gate.js';

type Method = (...args: readonly unknown[]) => unknown;

/** Methods that hand out another way to the same connection: mysql2's promise API, better-sqlite3's statements. */
const HANDLES: ReadonlySet<PropertyKey> = new Set(['promise', 'prepare', 'iterate', 'transaction']);
/** Methods that send nothing. */
const HARMLESS: ReadonlySet<PropertyKey> = new Set([
  'promise',
  'on',
  'once',
  'off',
  'addListener',
  'removeListener',
]);
/** Methods for him who took the connection from the pool. */
const OWNERS_ONLY: ReadonlySet<PropertyKey> = new Set(['release', 'end', 'destroy', 'close']);

/**
 * A driver's connection whose every call passes the gate first.
 *
 * The gate stands below TypeORM because TypeORM's own methods await several times between their first line and the driver:
 * only a check in the tick of the driver's call leaves no statement behind that would slip out after the COMMIT.
 *
 * @param statement - for a prepared statement, its text
 */
export function guardConnection<T extends object>(connection: T, gate: AttemptGate, statement?: string): T {
  const guarded: T = new Proxy(connection, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      return isMethod(value) ? guardMethod(target, property, value) : value;
    },
    apply(target, self, args: unknown[]) {
      gate.pass(statement ?? 'a transaction');
      return isMethod(target) ? Reflect.apply(target, self, args) : undefined;
    },
  });
  const guardMethod =
    (target: T, property: PropertyKey, method: Method): Method =>
    (...args) => {
      if (OWNERS_ONLY.has(property)) throw notYours(property);
      const text = statement ?? textOf(args[0]) ?? `.${String(property)}()`;
      if (!HARMLESS.has(property)) gate.pass(text);
      const result: unknown = Reflect.apply(method, target, args);
      if (result === target) return guarded;
      if (!HANDLES.has(property) || !isObject(result)) return result;
      return guardConnection(result, gate, HARMLESS.has(property) ? undefined : text);
    };
  return guarded;
}

function isMethod(value: unknown): value is Method {
  return typeof value === 'function';
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** The text of a statement, as drivers take it: a string, pg's `{ text }` or mysql2's `{ sql }`. */
function textOf(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  if (typeof argument !== 'object' || argument === null) return undefined;
  const text: unknown = Reflect.get(argument, 'text') ?? Reflect.get(argument, 'sql');
  return typeof text === 'string' ? text : undefined;
}

function notYours(property: PropertyKey): TargetSystemError {
  const name = String(property);
  return new TargetSystemError(
    `A change called ${name}() on its connection, which Flamingock took and gives back itself.`,
    {
      fix: [`remove the call of ${name}(); the connection goes back to the pool when the change ends`],
    },
  );
}
