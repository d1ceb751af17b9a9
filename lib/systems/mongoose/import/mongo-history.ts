import { momentOf } from '../../../core/kit/import/history-values.js';
import { injectableFrom } from '../../../core/kit/injectable.js';
import type { HistorySource, ImportedRow, RecordPresence } from '../../../core/model/history-source.js';
import type { Injected, InjectionTokenOf } from '../../../core/model/injected.js';
import { DEFAULT_CONNECTION } from '../connection/database.js';

/**
 * Tells whether the collection exists, and otherwise whether the database is new. It is new when it has no documents but Flamingock's;
 * empty collections do not count, because Mongoose creates those of its models at once. When the collections cannot be listed, the
 * collection counts as existing.
 */
export async function lookAt(location: MongoLocation, collection: string): Promise<RecordPresence> {
  const listed = location.listCollections?.();
  if (!listed) return 'kept';
  const rows = await ('toArray' in listed ? listed.toArray() : listed);
  const names = rows.map((row) => (row as { readonly name: string }).name);
  if (names.includes(collection)) return 'kept';
  for (const name of names.filter((one) => !/^(?:flamingock_|system\.)/.test(one)))
    if (await location.collection(name).findOne?.()) return 'missing';
  return 'new-place';
}

/** Sorts documents by the time in `field`. Documents with the same time keep their order. */
export function oldestFirst(documents: readonly MongoDocument[], field: string): MongoDocument[] {
  const timeOf = (document: MongoDocument): string => momentOf(document[field]) ?? '';
  return documents.toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : 0));
}

/** A document as the driver returns it. */
export type MongoDocument = Readonly<Record<string, unknown>>;

/** The part of a database that is used here: a `Db` of the `mongodb` driver has it, and so has a Mongoose connection. */
export interface MongoLocation {
  collection(name: string): {
    find(): { toArray(): Promise<readonly unknown[]> };
    findOne?(): Promise<unknown>;
  };
  /** Returns a cursor on a `Db`, and a promise of a list on a Mongoose connection. */
  listCollections?(): { toArray(): Promise<readonly unknown[]> } | Promise<readonly unknown[]>;
  /** The name of a `Db`. */
  readonly databaseName?: string;
  /** The name of a Mongoose connection's database. */
  readonly name?: string;
}

/** Where another tool keeps its history. */
export interface MongoHistoryOptions {
  /** @default the tool's own */
  readonly collection?: string;
}

/** Makes a history source from a collection of another tool. */
export interface MongoHistory {
  (location: MongoLocation, options?: MongoHistoryOptions): HistorySource;
  /**
   * A source whose connection comes from Nest's container, for the module's `importHistory`.
   *
   * @param token - the token of a Mongoose connection, `getConnectionToken('name')`, or of a `Db`
   * @default token: the default connection of `@nestjs/mongoose`
   */
  inject(
    token?: InjectionTokenOf<MongoLocation>,
    options?: MongoHistoryOptions,
  ): Injected<HistorySource, MongoLocation>;
}

/** Describes another tool's history. */
export interface MongoTool {
  /** The name of the tool, for messages. */
  readonly tool: string;
  readonly collection: string;
  readonly rowsOf: (documents: readonly MongoDocument[]) => ImportedRow[];
}

/** Makes the history of a tool from its description. */
export function mongoHistory({ tool, collection: own, rowsOf }: MongoTool): MongoHistory {
  const open = (location: MongoLocation, { collection = own }: MongoHistoryOptions = {}): HistorySource => {
    const database = location.databaseName ?? location.name;
    return {
      name: `${tool}'s collection '${collection}' (MongoDB${database ? `, ${database}` : ''})`,
      read: async () => {
        const documents = await location.collection(collection).find().toArray();
        return rowsOf(documents as readonly MongoDocument[]);
      },
      look: () => lookAt(location, collection),
    };
  };
  return Object.assign(open, {
    inject: injectableFrom(open, `importHistory from ${tool}`, DEFAULT_CONNECTION),
  });
}
