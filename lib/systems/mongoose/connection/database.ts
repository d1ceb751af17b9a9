import type { Connection, mongo } from 'mongoose';
import { TargetSystemError } from '../../../core/model/errors.js';

/** The token of the default connection of `@nestjs/mongoose`: `getConnectionToken()`. */
export const DEFAULT_CONNECTION = 'DatabaseConnection';

/** Waits until the connection is open. @returns its native database @throws TargetSystemError when nobody opens it */
export async function databaseOf(connection: Connection): Promise<mongo.Db> {
  if (!connection.db) await connection.asPromise();
  if (connection.db) return connection.db;
  throw notConnected();
}

/** Says that the connection is not open. */
export function notConnected(): TargetSystemError {
  return new TargetSystemError('The Mongoose connection is not open.', {
    fix: [
      'open it before the changes run, and close it after them: await mongoose.createConnection(uri).asPromise()',
      'with @nestjs/mongoose, leave out lazyConnection',
    ],
  });
}

/** Is the same for two connections that one transaction can span: their client. Does not change once the connection has an address. */
export function resourceOf(connection: Connection): unknown {
  return clientOf(connection) ?? connection;
}

/** The client of a connection; undefined before the connection has an address. */
export function clientOf(connection: Connection): mongo.MongoClient | undefined {
  return connection.getClient() as mongo.MongoClient | undefined;
}
