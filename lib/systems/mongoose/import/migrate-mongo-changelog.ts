import { countOf, factsOf, latestOf, momentOf } from '../../../core/import-values.js';
import { mongoHistory, type MongoHistory } from './mongo-history.js';
import { oldestFirst } from './oldest-first.js';

/**
 * The migrations that migrate-mongo has run: `changelog`. A name is that of the file with its ending, as in
 * `20240101-create-users.js`. With `useFileHash` it runs a file again that has changed; the last time counts.
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
