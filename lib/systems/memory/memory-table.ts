import { copyOf } from './copy.js';
/** What a memory table is made of. */
export interface TableAccess {
  readonly rows: Map<string, unknown>;
  /** Called before everything else; throws when the call must not happen. */
  pass(call: string): void;
  /** Told of every key that is set or deleted. */
  changed(key: string): void;
}

/**
 * The client of a memory target system: named values, used like a `Map`.
 *
 * Values are data: they are copied in and out (by `structuredClone` rules), so altering what `get` gave alters nothing here.
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
