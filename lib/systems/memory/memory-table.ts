/**
 * A copy that shares nothing with the value.
 *
 * Plain objects and arrays are not copied by structuredClone: under jest it makes objects of another realm, which are never
 * strictly equal to the original.
 *
 * @throws DataCloneError when the value is not data, a function for example
 */
export function copyOf<T>(value: T): T;
export function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => copyOf(item));
  if (!isPlainObject(value)) return structuredClone(value);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, copyOf<unknown>(member)]));
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** What a memory table is made of. */
export interface TableAccess {
  readonly rows: Map<string, unknown>;
  /** Called first at every use. Throws when the call must not happen. */
  pass(call: string): void;
  /** Called with every key that is set or deleted. */
  changed(key: string): void;
}

/**
 * The client of a memory target system: named values, used like a `Map`.
 *
 * Values are data, copied in and out by the rules of `structuredClone`. Changing a value that `get` gave does not change the table.
 */
export class MemoryTable implements Iterable<[string, unknown]> {
  readonly #access: TableAccess;

  /** @internal */
  constructor(access: TableAccess) {
    this.#access = access;
  }

  get size(): number {
    return this.#pass('size').size;
  }

  /** A copy of the value; undefined when there is none. */
  get(key: string): unknown {
    return copyOf(this.#pass(`get '${key}'`).get(key));
  }

  has(key: string): boolean {
    return this.#pass(`has '${key}'`).has(key);
  }

  /** @throws DataCloneError when the value is not data, a function for example */
  set(key: string, value: unknown): this {
    this.#pass(`set '${key}'`).set(key, copyOf(value));
    this.#access.changed(key);
    return this;
  }

  /** @returns whether there was a value */
  delete(key: string): boolean {
    const deleted = this.#pass(`delete '${key}'`).delete(key);
    this.#access.changed(key);
    return deleted;
  }

  clear(): void {
    for (const key of this.keys()) this.delete(key);
  }

  keys(): string[] {
    return [...this.#pass('keys').keys()];
  }

  values(): unknown[] {
    return copyOf([...this.#pass('values').values()]);
  }

  entries(): [string, unknown][] {
    return copyOf([...this.#pass('entries')]);
  }

  [Symbol.iterator](): Iterator<[string, unknown]> {
    return this.entries()[Symbol.iterator]();
  }

  #pass(call: string): Map<string, unknown> {
    this.#access.pass(call);
    return this.#access.rows;
  }
}
