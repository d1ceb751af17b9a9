import { countOf, factsOf, latestOf, momentOf } from '../../../core/kit/import/history-values.js';
import { mongoHistory, type MongoHistory, oldestFirst } from './mongo-history.js';

/**
 * The migrations that migrate-mongo has run, from its collection `changelog`. The name is the file's, as in
 * `20240101-create-users.js`. With `useFileHash`, migrate-mongo runs a changed file again; the last run counts.
 */
export const migrateMongoChangelog: MongoHistory = mongoHistory({
  tool: 'migrate-mongo',
  collection: 'changelog',
  rowsOf: (documents) =>
    latestOf(oldestFirst(documents, 'appliedAt'), ({ fileName }) => String(fileName)).map(
      ({ fileName, appliedAt, fileHash, migrationBlock }) => ({
        name: String(fileName),
        state: 'applied',
        at: momentOf(appliedAt),
        facts: factsOf({ fileHash, migrationBlock: countOf(migrationBlock) }),
      }),
    ),
});
