import { rowsOfFlamingockJava } from '../../../core/import-flamingock-java.js';
import { mongoHistory, type MongoHistory } from './mongo-history.js';
import { oldestFirst } from './oldest-first.js';

/** The changes in the audit log that Flamingock for Java keeps in MongoDB: `flamingockAuditLog`. A name is the change's id. */
export const flamingockJava: MongoHistory = mongoHistory({
  tool: 'Flamingock Java',
  collection: 'flamingockAuditLog',
  rowsOf: (documents) => rowsOfFlamingockJava(oldestFirst(documents, 'createdAt')),
});
