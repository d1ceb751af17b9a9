import type { DocumentKeys } from './document-keys.js';
import type { OwnDocuments } from './own-documents.js';

/** Where the audit of one namespace is. */
export interface StorePlace {
  readonly documents: OwnDocuments;
  readonly keys: DocumentKeys;
  readonly namespace: string;
}
