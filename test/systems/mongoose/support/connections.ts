import type mongoose from 'mongoose';
import type { Connection, ConnectOptions } from 'mongoose';
import { createMongoDatabase } from '../../../support/databases.js';

/** A Mongoose of an app: each is an instance of its own, with its own driver. */
export type MongooseModule = typeof mongoose;

/** The newest major, or the oldest version that the package says it takes. */
export async function mongooseOf(major: 8 | 9): Promise<MongooseModule> {
  const name: string = major === 9 ? 'mongoose' : 'mongoose-8';
  const { default: found } = (await import(name)) as { readonly default: MongooseModule };
  return found;
}

/** A database of a test's own, and as many connections to it as it needs. */
export interface MongoLocation {
  readonly mongoose: MongooseModule;
  readonly url: string;
  open(options?: ConnectOptions): Promise<Connection>;
  /** Ends all connections and removes the database. */
  drop(): Promise<void>;
}

export async function createMongoLocation(major: 8 | 9 = 9): Promise<MongoLocation> {
  const { url, drop } = createMongoDatabase();
  const module = await mongooseOf(major);
  const opened: Connection[] = [];
  return {
    mongoose: module,
    url,
    open: async (options = {}) => {
      const connection = await module.createConnection(url, { maxPoolSize: 5, ...options }).asPromise();
      opened.push(connection);
      return connection;
    },
    drop: async () => {
      await Promise.all(opened.map((connection) => connection.close()));
      await drop();
    },
  };
}
