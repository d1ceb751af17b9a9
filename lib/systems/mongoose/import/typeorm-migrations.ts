import { countOf, factsOf } from '../../../core/import-values.js';
import { mongoHistory, type MongoHistory } from './mongo-history.js';

/**
 * The migrations that TypeORM has run on MongoDB: `migrations`. A name is that of the class, as in
 * `CreateUsers1700000000000`. TypeORM does not record when it ran one.
 */
export const typeOrmMigrations: MongoHistory = mongoHistory({
  tool: 'TypeORM',
  collection: 'migrations',
  rowsOf: (documents) =>
    documents.map(({ name, timestamp }) => ({
      name: String(name),
      state: 'applied',
      at: null,
      facts: factsOf({ timestamp: countOf(timestamp) }),
    })),
});
