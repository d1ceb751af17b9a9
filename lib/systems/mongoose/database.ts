import type { Connection, mongo } from 'mongoose';
import { TargetSystemError } from '../../core/errors.js';

/** The native database of a connection, once it is open. @throws TargetSystemError when nobody opens it */
export async function databaseOf(connection: Connection): Promise<mongo.Db> {
  if (!connection.db) await connection.asPromise();
  if (connection.db) return connection.db;
  throw notConnected();
}

/** There is nothing to send a command through. */
export function notConnected(): TargetSystemError {
  return new TargetSystemError('The Mongoose connection is not open.', {
    fix: [
      'open it before the changes run, and close it after them: await mongoose.createConnection(uri).asPromise()',
      'with @nestjs/mongoose, leave out lazyConnection',
    ],
  });
}

/** What two connections share when a transaction can span them: the client behind them. Stable once the connection was told its address. */
export function resourceOf(connection: Connection): unknown {
  return clientOf(connection) ?? connection;
}

/** The client behind a connection; undefined before the connection was told its address. */
export function clientOf(connection: Connection): mongo.MongoClient | undefined {
  return connection.getClient() as mongo.MongoClient | undefined;
}
