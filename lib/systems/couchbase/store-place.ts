import type { DocumentKeys } from './document-keys.js';
import type { Upgrade } from './document-version.js';
import type { OwnDocuments } from './own-documents.js';

/** Where the audit of one namespace is. */
export interface StorePlace {
  readonly documents: OwnDocuments;
  readonly keys: DocumentKeys;
  readonly namespace: string;
  /** What brings the head document of an older version up to date, from version 1 on. */
  readonly upgrades: readonly Upgrade[];
}
