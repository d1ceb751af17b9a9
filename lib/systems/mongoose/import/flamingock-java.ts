import { rowsOfFlamingockJava } from '../../../core/kit/import/flamingock-java.js';
import { mongoHistory, type MongoHistory, oldestFirst } from './mongo-history.js';

/** The changes in the audit log that Flamingock for Java keeps in MongoDB: `flamingockAuditLog`. A name is the change's id. */
export const flamingockJava: MongoHistory = mongoHistory({
  tool: 'Flamingock Java',
  collection: 'flamingockAuditLog',
  rowsOf: (documents) => rowsOfFlamingockJava(oldestFirst(documents, 'createdAt')),
});
