import type { Mongoose } from 'mongoose';

/** What a value that a client gives back is to an attempt. */
export interface HandleKinds {
  /** A way to the database, whose every call must pass the attempt: a collection, a model, a query, a cursor. */
  isHandle(value: object): boolean;
  isModel(value: unknown): boolean;
  /** A query that runs with the session that it was told. */
  isQuery(value: object): value is RunningQuery;
  /** A document that saves itself with the session that it was told. */
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

/** The kinds by the classes of the app's own Mongoose, and of the driver that it brings. */
export function handleKinds(base: Mongoose): HandleKinds {
  const classes = [
    ...MONGOOSE.map((name) => Reflect.get(base, name)),
    ...NATIVE.map((name) => Reflect.get(base.mongo, name)),
  ].filter(isClass);
  const isModel = (value: unknown): boolean =>
    typeof value === 'function' && isObject(value.prototype) && value.prototype instanceof base.Model;
  return {
    isModel,
    isHandle: (value) => classes.some((each) => value instanceof each) || isIterator(value) || isModel(value),
    isQuery: (value): value is RunningQuery => value instanceof base.Query,
    isDocument: (value): value is SavingDocument =>
      value instanceof base.Document && typeof Reflect.get(value, '$session') === 'function',
  };
}

/** Cursors of Mongoose, and what `for await` walks along. */
function isIterator(value: object): boolean {
  return typeof Reflect.get(value, 'next') === 'function' && Symbol.asyncIterator in value;
}

function isClass(value: unknown): value is Class {
  return typeof value === 'function';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
