import type { Collection, MutationResult } from 'couchbase';

/** A write that is about to be sent. */
export interface Write {
  readonly method: 'insert' | 'replace';
  readonly key: string;
}

/** Comes between the library and the server: sends, or does not, or says that there was no answer. */
export type Around = (write: Write, send: () => Promise<MutationResult>) => Promise<MutationResult>;

/** The collection, whose writes go through `around`. */
export function withFaults(collection: Collection, around: Around): Collection {
  const insert: Collection['insert'] = (key, value, options) =>
    around({ method: 'insert', key }, () => collection.insert(key, value, options));
  const replace: Collection['replace'] = (key, value, options) =>
    around({ method: 'replace', key }, () => collection.replace(key, value, options));
  return Object.create(collection, { insert: { value: insert }, replace: { value: replace } }) as Collection;
}

/** Whether the write is the one that commits. */
export function isHead({ key }: Write): boolean {
  return key.endsWith(':head');
}

/** Something to wait for, and what ends the waiting. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

/** The collection, and how many documents were read by it. */
export function withReadsCounted(collection: Collection): { collection: Collection; reads(): number } {
  let reads = 0;
  const get = (...args: Parameters<Collection['get']>) => {
    reads += 1;
    return collection.get(...args);
  };
  const pluralize = Object.create(collection, { get: { value: get } }) as Collection;
  return { collection: pluralize, reads: () => reads };
}

/** The collection, which waits for `before` when the document under `key` is read. */
export function withLateReads(collection: Collection, key: string, before: () => Promise<void>): Collection {
  const get = async (...args: Parameters<Collection['get']>) => {
    if (args[0] === key) await before();
    return collection.get(...args);
  };
  return Object.create(collection, { get: { value: get } }) as Collection;
}
