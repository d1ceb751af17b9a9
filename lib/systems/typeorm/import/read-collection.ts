import type { DataSource, MongoEntityManager } from 'typeorm';
import type { RecordPresence } from '../../../core/import-source.js';
import type { Row } from './read-table.js';

/** True for a DataSource of MongoDB, which TypeORM migrates like the others. */
export function isMongo({ options }: DataSource): boolean {
  return options.type === 'mongodb';
}

/** All documents of the first of these collections, in the order in which they were written. */
export async function readCollection(
  dataSource: DataSource,
  [collection]: readonly string[],
): Promise<readonly Row[]> {
  if (collection === undefined) return [];
  return runnerOf(dataSource).cursor(collection, {}).sort({ _id: 1 }).toArray();
}

/** New is a database without any document but ours: Mongoose and TypeORM make collections of their models at once. */
export async function lookAtCollection(
  dataSource: DataSource,
  [collection]: readonly string[],
): Promise<RecordPresence> {
  const runner = runnerOf(dataSource);
  const database = runner.databaseConnection.db(dataSource.driver.database);
  const names = (await database.listCollections().toArray()).map(({ name }) => name);
  if (names.some((name) => name === collection)) return 'kept';
  for (const name of names.filter((one) => !/^(?:flamingock_|system\.)/.test(one)))
    if (await database.collection(name).findOne()) return 'missing';
  return 'new-place';
}

/** The one of the connection, which is never released. */
function runnerOf({ mongoManager }: DataSource): MongoEntityManager['mongoQueryRunner'] {
  return mongoManager.mongoQueryRunner;
}
