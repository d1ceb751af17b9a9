import { TargetSystemError } from '../../core/model/errors.js';
import { callSite } from './app-frame.js';
import type { StatementGate } from './statement-gate.js';
import { enclosingCall } from './enclosing-call.js';
import type { Send } from './one-at-a-time.js';
import { followSent } from './sent-statements.js';
import type { StatementWatch } from './statement-watch.js';

type Method = (...args: readonly unknown[]) => unknown;

/** Methods that return another way to the same connection: mysql2's promise API, better-sqlite3's statements. */
const HANDLES: ReadonlySet<PropertyKey> = new Set(['promise', 'prepare', 'iterate', 'transaction']);
const STATEMENTS: ReadonlySet<PropertyKey> = new Set(['query', 'execute']);
/** Methods that run the statement they are given. */
const AT_ONCE: ReadonlySet<PropertyKey> = new Set(['query', 'execute', 'exec', 'pragma']);
/** Methods of better-sqlite3 that run a prepared statement. */
const PREPARED: ReadonlySet<PropertyKey> = new Set(['run', 'all', 'get', 'iterate']);
/** Methods of mysql2 that send these statements. */
const CONTROL: ReadonlyMap<PropertyKey, string> = new Map([
  ['beginTransaction', 'BEGIN'],
  ['commit', 'COMMIT'],
  ['rollback', 'ROLLBACK'],
]);
/** Methods that send nothing. */
const HARMLESS: ReadonlySet<PropertyKey> = new Set([
  'promise',
  'on',
  'once',
  'off',
  'addListener',
  'removeListener',
]);
/** Reserved for the connection's owner, who took it from the pool. */
const OWNERS_ONLY: ReadonlySet<PropertyKey> = new Set(['release', 'end', 'destroy', 'close']);

/** What every call of a guarded connection passes. */
export interface Guard {
  readonly gate: StatementGate;
  /** How a statement of a promise API is sent. @default at once */
  readonly send?: Send;
  /** Given in a preview: sees each statement in the tick in which it is sent. */
  readonly watch?: StatementWatch;
}

/** Which part of the connection is guarded: without members, the connection itself. */
interface Part {
  /** The text of a prepared statement. */
  readonly statement?: string;
  readonly isPromiseApi?: boolean;
}

/**
 * A driver's connection whose every call passes the gate first.
 *
 * The gate is below TypeORM because TypeORM's own methods await several times between their first line and the driver. Only a check in
 * the tick of the driver's call makes sure that no statement is sent after the COMMIT.
 */
export function guardConnection<T extends object>(connection: T, guard: Guard, part: Part = {}): T {
  const { gate, send, watch } = guard;
  const guarded: T = new Proxy(connection, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      return isMethod(value) ? guardMethod(target, property, value) : value;
    },
    apply(target, self, args: unknown[]) {
      gate.pass(part.statement ?? 'a transaction');
      return isMethod(target) ? Reflect.apply(target, self, args) : undefined;
    },
  });
  const guardMethod = (target: T, property: PropertyKey, method: Method): Method => {
    const guardedMethod: Method = (...args) => {
      if (OWNERS_ONLY.has(property)) throw notYours(property);
      const text = part.statement ?? textOf(property, args[0]);
      const apply = (): unknown => Reflect.apply(method, target, args);
      // A call through TypeORM has its call site in the asynchronous context.
      const call = runs(property, part)
        ? followSent(text, enclosingCall() ?? callSite(guardedMethod), apply)
        : apply;
      if (watch && runs(property, part)) watch.sends(property === 'pragma' ? `PRAGMA ${text}` : text);
      if (send && part.isPromiseApi && STATEMENTS.has(property)) return send(text, call);
      if (!HARMLESS.has(property)) gate.pass(text);
      const result = call();
      if (result === target) return guarded;
      if (!HANDLES.has(property) || !isObject(result)) return result;
      return guardConnection(
        result,
        guard,
        property === 'promise' ? { isPromiseApi: true } : { statement: text },
      );
    };
    return guardedMethod;
  };
  return guarded;
}

function runs(property: PropertyKey, { statement }: Part): boolean {
  return statement === undefined ? AT_ONCE.has(property) : PREPARED.has(property);
}

function isMethod(value: unknown): value is Method {
  return typeof value === 'function';
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** The text of a statement, which drivers take as a string, as pg's `{ text }` or as mysql2's `{ sql }`; for other methods, their name. */
function textOf(property: PropertyKey, argument: unknown): string {
  const text: unknown = isObject(argument)
    ? (Reflect.get(argument, 'text') ?? Reflect.get(argument, 'sql'))
    : argument;
  return typeof text === 'string' ? text : (CONTROL.get(property) ?? `.${String(property)}()`);
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
