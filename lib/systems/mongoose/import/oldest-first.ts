import { momentOf } from '../../../core/import-values.js';
import type { MongoDocument } from './mongo-history.js';

/** The documents by the time in one of their fields; those of the same moment stay as they were written. */
export function oldestFirst(documents: readonly MongoDocument[], field: string): MongoDocument[] {
  const timeOf = (document: MongoDocument): string => momentOf(document[field]) ?? '';
  return documents.toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : 0));
}
