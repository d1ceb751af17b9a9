import { notYours } from './attempt-errors.js';
import type { HandleKinds } from './handle-kinds.js';
import type { MongoAttempt } from './mongo-attempt.js';

type Method = (...args: readonly unknown[]) => unknown;

/** Methods for him who opened the connection. */
const OWNERS_ONLY: ReadonlySet<PropertyKey> = new Set(['destroy', 'openUri', 'setClient', 'disconnect']);
/** What sends nothing, and what `instanceof` looks at. */
const AS_IT_IS: ReadonlySet<PropertyKey> = new Set([
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

/** Models and collections of a connection, by name. */
const MAPS: ReadonlySet<PropertyKey> = new Set(['models', 'collections']);

/**
 * Makes the clients of an attempt: each is the real thing, but for its calls, which pass the attempt first and are known as
 * calls of the attempt; so is everything that they give back and that leads to the database.
 */
export class Handles {
  readonly #made = new WeakMap<object, object>();

  constructor(
    private readonly attempt: MongoAttempt,
    private readonly kinds: HandleKinds,
  ) {}

  /** @param name - for people: `Connection` */
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
    return this.attempt.inTransaction;
  }

  #property(target: object, property: PropertyKey, name: string): unknown {
    const value: unknown = Reflect.get(target, property, target);
    if (AS_IT_IS.has(property)) return value;
    const path = `${name}.${String(property)}`;
    if (typeof value === 'function' && !this.kinds.isModel(value))
      return this.#method(target, property, value as Method, path);
    return MAPS.has(property) ? this.#adoptMap(value) : this.#adopt(value, path);
  }

  #method(target: object, property: PropertyKey, method: Method, path: string): unknown {
    return new Proxy(method, {
      apply: (_method, _self, args: unknown[]) => {
        if (OWNERS_ONLY.has(property) || (property === 'close' && this.#isConnection(target)))
          throw notYours(this.attempt.place, `${path}()`);
        this.attempt.pass(`${path}()`);
        const result = this.attempt.join(() => Reflect.apply(method, target, args));
        return isPromise(result) && !this.#isHandle(result)
          ? this.attempt.underWay.follow(result.then((value: unknown) => this.#adopt(value, path)))
          : this.#adopt(result, path);
      },
    });
  }

  #construct(target: object, args: unknown[], name: string): object {
    this.attempt.pass(`new ${name}()`);
    const made = Reflect.construct(target as new (...args: unknown[]) => object, args);
    return this.#adopt(made, name) as object;
  }

  /** What a client gives back, as the change gets it. */
  #adopt(value: unknown, path: string): unknown {
    if (Array.isArray(value)) return this.#adoptAll(value, path);
    if (!isObject(value)) return value;
    if (this.#isHandle(value)) {
      // A query hands its session on to the documents that it finds.
      if (this.#lends && this.kinds.isQuery(value) && !value.getOptions().session)
        value.session(this.attempt.given);
      return this.of(value, nameOf(value, path));
    }
    if (this.#lends && this.kinds.isDocument(value) && !value.$session()) value.$session(this.attempt.given);
    return value;
  }

  #adoptAll(values: unknown[], path: string): unknown {
    const adopted = values.map((value) => this.#adopt(value, path));
    // The very array, where nothing in it is another: Mongoose's arrays are no plain ones.
    return adopted.every((value, index) => value === values[index]) ? values : adopted;
  }

  #adoptMap(value: unknown): unknown {
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, this.#adopt(each, name)]));
  }

  #isHandle(value: object): boolean {
    return this.kinds.isHandle(value);
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
  return isObject(value) && typeof Reflect.get(value, 'then') === 'function';
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
