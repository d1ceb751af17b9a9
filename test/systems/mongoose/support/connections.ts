import mongoose, { type Connection, type ConnectOptions } from 'mongoose';
import { createMongoDatabase } from '../../../support/databases.js';

/** A database of a test's own, and as many connections to it as it needs. */
export interface MongoPlace {
  readonly url: string;
  open(options?: ConnectOptions): Promise<Connection>;
  /** Ends all connections and removes the database. */
  drop(): Promise<void>;
}

export function createMongoPlace(): MongoPlace {
  const { url, drop } = createMongoDatabase();
  const opened: Connection[] = [];
  return {
    url,
    open: async (options = {}) => {
      const connection = await mongoose.createConnection(url, { maxPoolSize: 5, ...options }).asPromise();
      opened.push(connection);
      return connection;
    },
    drop: async () => {
      await Promise.all(opened.map((connection) => connection.close()));
      await drop();
    },
  };
}
