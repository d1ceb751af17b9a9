import { countOf, factsOf } from '../../../core/kit/import/history-values.js';
import { mongoHistory, type MongoHistory } from './mongo-history.js';

/**
 * The migrations that TypeORM has run on MongoDB, from its collection `migrations`. The name is the class's, as in
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
