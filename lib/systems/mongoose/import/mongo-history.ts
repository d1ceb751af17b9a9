import type { HistorySource, ImportedRow } from '../../../core/import-source.js';
import type { Injected, InjectionTokenOf } from '../../../core/injected.js';
import { DEFAULT_CONNECTION } from '../connection-token.js';
import { lookAt } from './look-at.js';

/** A document as the driver gives it. */
export type MongoDocument = Readonly<Record<string, unknown>>;

/** What is needed of a database: a `Db` of the `mongodb` driver has it, and a connection of Mongoose. */
export interface MongoPlace {
  collection(name: string): {
    find(): { toArray(): Promise<readonly unknown[]> };
    findOne?(): Promise<unknown>;
  };
  /** A cursor of a `Db`, or the list that a connection of Mongoose promises. */
  listCollections?(): { toArray(): Promise<readonly unknown[]> } | Promise<readonly unknown[]>;
  /** What a `Db` calls itself. */
  readonly databaseName?: string;
  /** What a connection of Mongoose calls its database. */
  readonly name?: string;
}

/** Where a tool keeps its record. */
export interface MongoHistoryOptions {
  /** @default the tool's own */
  readonly collection?: string;
}

/** Makes a source of a collection that another tool keeps. */
export interface MongoHistory {
  (place: MongoPlace, options?: MongoHistoryOptions): HistorySource;
  /**
   * The source of a connection that Nest knows, for the module's `importHistory`.
   *
   * @param token - of a Mongoose connection, `getConnectionToken('name')`, or of a `Db`
   * @default token: the default connection of `@nestjs/mongoose`
   */
  inject(
    token?: InjectionTokenOf<MongoPlace>,
    options?: MongoHistoryOptions,
  ): Injected<HistorySource, MongoPlace>;
}

/** What there is to know about a tool. */
export interface MongoTool {
  /** For people. */
  readonly tool: string;
  readonly collection: string;
  readonly rowsOf: (documents: readonly MongoDocument[]) => ImportedRow[];
}

/** The source that a tool's description makes. */
export function mongoHistory({ tool, collection: own, rowsOf }: MongoTool): MongoHistory {
  const open = (place: MongoPlace, { collection = own }: MongoHistoryOptions = {}): HistorySource => {
    const database = place.databaseName ?? place.name;
    return {
      name: `${tool}'s collection '${collection}' (MongoDB${database ? `, ${database}` : ''})`,
      read: async () => {
        const documents = await place.collection(collection).find().toArray();
        return rowsOf(documents as readonly MongoDocument[]);
      },
      look: () => lookAt(place, collection),
    };
  };
  const inject: MongoHistory['inject'] = (token = DEFAULT_CONNECTION, options) => ({
    token,
    label: `importHistory from ${tool}`,
    create: (place) => open(place, options),
  });
  return Object.assign(open, { inject });
}
