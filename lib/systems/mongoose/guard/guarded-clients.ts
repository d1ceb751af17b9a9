import type { Mongoose } from 'mongoose';
import { notYours } from '../connection/attempt-errors.js';
import type { MongoAttempt } from './mongo-attempt.js';
import { callingAs } from './own-context.js';

/** Tells what a value that a client returned is. */
export interface ClientKinds {
  /** Something that leads to the database, so that each of its calls must pass the attempt: a collection, a model, a query, a cursor. */
  isClient(value: object): boolean;
  isModel(value: unknown): boolean;
  /** A query: it runs with the session that it was given. */
  isQuery(value: object): value is RunningQuery;
  /** A document: it saves itself with the session that it was given. */
  isDocument(value: object): value is SavingDocument;
}

/** The part of Mongoose's `Document` that is used here. */
export interface SavingDocument {
  $session(session?: unknown): unknown;
}

/** The part of Mongoose's `Query` that is used here. */
export interface RunningQuery {
  getOptions(): { readonly session?: unknown };
  session(session: unknown): unknown;
}

const NATIVE = [
  'Db',
  'Collection',
  'Admin',
  'MongoClient',
  'ChangeStream',
  'AbstractCursor',
  'OrderedBulkOperation',
  'UnorderedBulkOperation',
  'GridFSBucket',
] as const;
const MONGOOSE = ['Connection', 'Collection', 'Query', 'Aggregate'] as const;

type Class = abstract new (...args: never[]) => unknown;

/** The kinds, by the classes of the app's own Mongoose and of its driver. */
export function clientKinds(base: Mongoose): ClientKinds {
  const classes = [
    ...MONGOOSE.map((name) => Reflect.get(base, name)),
    ...NATIVE.map((name) => Reflect.get(base.mongo, name)),
  ].filter(isClass);
  const isModel = (value: unknown): boolean =>
    typeof value === 'function' && isObject(value.prototype) && value.prototype instanceof base.Model;
  return {
    isModel,
    isClient: (value) => classes.some((each) => value instanceof each) || isIterator(value) || isModel(value),
    isQuery: (value): value is RunningQuery => value instanceof base.Query,
    isDocument: (value): value is SavingDocument =>
      value instanceof base.Document && typeof Reflect.get(value, '$session') === 'function',
  };
}

/** True for Mongoose's cursors, and for other values with `next` that `for await` iterates over. */
function isIterator(value: object): boolean {
  return typeof Reflect.get(value, 'next') === 'function' && Symbol.asyncIterator in value;
}

function isClass(value: unknown): value is Class {
  return typeof value === 'function';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

type Method = (...args: readonly unknown[]) => unknown;

/** Reserved for the connection's owner. */
const OWNERS_ONLY: ReadonlySet<PropertyKey> = new Set(['destroy', 'openUri', 'setClient', 'disconnect']);
/** Members that send nothing, and those that `instanceof` reads. */
const UNGUARDED: ReadonlySet<PropertyKey> = new Set([
  'prototype',
  'on',
  'once',
  'off',
  'addListener',
  'removeListener',
  'toString',
  'valueOf',
  'constructor',
]);

/** Properties of a connection that hold its models and collections by name. */
const MAPS: ReadonlySet<PropertyKey> = new Set(['models', 'collections']);

/**
 * Makes the clients of an attempt: proxies whose every call passes the attempt's gate and counts as a call of the attempt. What a call
 * returns is guarded the same way when it leads to the database.
 */
export class GuardedClients {
  readonly #made = new WeakMap<object, object>();

  readonly #attempt: MongoAttempt;
  readonly #kinds: ClientKinds;

  constructor(attempt: MongoAttempt, kinds: ClientKinds) {
    this.#attempt = attempt;
    this.#kinds = kinds;
  }

  /** The guarded form of `target`, always the same one. @param name - for messages: `Connection` */
  of<T extends object>(target: T, name: string): T {
    const known = this.#made.get(target) as T | undefined;
    if (known) return known;
    const made: T = new Proxy(target, {
      get: (_target, property) => this.#property(target, property, name),
      construct: (_target, args: unknown[]) => this.#construct(target, args, name),
    });
    this.#made.set(target, made);
    this.#made.set(made, made);
    return made;
  }

  get #lends(): boolean {
    return this.#attempt.inTransaction;
  }

  #property(target: object, property: PropertyKey, name: string): unknown {
    const value: unknown = Reflect.get(target, property, target);
    if (UNGUARDED.has(property)) return value;
    const path = `${name}.${String(property)}`;
    if (typeof value === 'function' && !this.#kinds.isModel(value))
      return this.#method(target, property, value as Method, path);
    return MAPS.has(property) ? this.#adoptMap(value) : this.#adopt(value, path);
  }

  #method(target: object, property: PropertyKey, method: Method, path: string): unknown {
    return new Proxy(method, {
      apply: (_method, _self, args: unknown[]) => {
        if (OWNERS_ONLY.has(property) || (property === 'close' && this.#isConnection(target)))
          throw notYours(this.#attempt.location, `${path}()`);
        this.#attempt.gate.pass(`${path}()`);
        const result = callingAs({ attempt: this.#attempt, joins: true }, () =>
          Reflect.apply(method, target, args),
        );
        return isPromise(result) && !this.#isClient(result)
          ? this.#attempt.gate.inFlight.follow(result.then((value: unknown) => this.#adopt(value, path)))
          : this.#adopt(result, path);
      },
    });
  }

  #construct(target: object, args: unknown[], name: string): object {
    this.#attempt.gate.pass(`new ${name}()`);
    const made = Reflect.construct(target as new (...args: unknown[]) => object, args);
    return this.#adopt(made, name) as object;
  }

  /** What the change gets in place of `value`, which a client returned. */
  #adopt(value: unknown, path: string): unknown {
    if (Array.isArray(value)) return this.#adoptAll(value, path);
    if (!canBeGuarded(value)) return value;
    if (this.#isClient(value)) {
      // A query gives its session to the documents that it finds.
      if (this.#lends && this.#kinds.isQuery(value) && !value.getOptions().session)
        value.session(this.#attempt.given);
      return this.of(value, nameOf(value, path));
    }
    if (this.#lends && this.#kinds.isDocument(value) && !value.$session())
      value.$session(this.#attempt.given);
    return value;
  }

  #adoptAll(values: unknown[], path: string): unknown {
    const adopted = values.map((value) => this.#adopt(value, path));
    // The same array when no element is guarded: Mongoose's arrays are not plain ones.
    return adopted.every((value, index) => value === values[index]) ? values : adopted;
  }

  #adoptMap(value: unknown): unknown {
    if (!canBeGuarded(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, this.#adopt(each, name)]));
  }

  #isClient(value: object): boolean {
    return this.#kinds.isClient(value);
  }

  #isConnection(target: object): boolean {
    return 'getClient' in target || 'startSession' in target;
  }
}

function nameOf(value: object, path: string): string {
  const name: unknown =
    Reflect.get(value, 'modelName') ??
    Reflect.get(value, 'collectionName') ??
    Reflect.get(value, 'databaseName');
  return typeof name === 'string' ? name : path;
}

function isPromise(value: unknown): value is Promise<unknown> {
  return canBeGuarded(value) && typeof Reflect.get(value, 'then') === 'function';
}

function canBeGuarded(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
