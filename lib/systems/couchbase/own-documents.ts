import type { CasInput, Collection, DurabilityLevel } from 'couchbase';
import { isCasMismatch, isExistingDocument, isMissingDocument } from './couchbase-errors.js';
import { JSON_TRANSCODER as transcoder } from './json-transcoder.js';

/** How many documents are asked for at once. */
const AT_ONCE = 100;

/** A document of ours, and the version of it that was read. */
export interface Found {
  readonly content: unknown;
  readonly cas: CasInput;
}

/** What this library itself does in a collection: by key and CAS, nothing else. The SDK bounds each call in time. */
export class OwnDocuments {
  constructor(
    readonly collection: Collection,
    private readonly durabilityLevel: DurabilityLevel,
  ) {}

  async get(key: string): Promise<Found | undefined> {
    try {
      const { content, cas } = await this.collection.get(key, { transcoder });
      return { content: content as unknown, cas };
    } catch (error) {
      if (isMissingDocument(error)) return undefined;
      throw error;
    }
  }

  /** What is found under each key, in the order of the keys. */
  async getAll(keys: readonly string[]): Promise<(Found | undefined)[]> {
    const found: (Found | undefined)[] = [];
    for (let start = 0; start < keys.length; start += AT_ONCE)
      found.push(...(await Promise.all(keys.slice(start, start + AT_ONCE).map((key) => this.get(key)))));
    return found;
  }

  /** @returns false when there is a document of that key already */
  async insert(key: string, content: object): Promise<boolean> {
    try {
      await this.collection.insert(key, content, { transcoder, durabilityLevel: this.durabilityLevel });
      return true;
    } catch (error) {
      if (isExistingDocument(error)) return false;
      throw error;
    }
  }

  /** @returns false when the document is gone, or was written since it was read */
  async replace(key: string, content: object, cas: CasInput): Promise<boolean> {
    try {
      const { durabilityLevel } = this;
      await this.collection.replace(key, content, { cas, transcoder, durabilityLevel });
      return true;
    } catch (error) {
      if (isCasMismatch(error) || isMissingDocument(error)) return false;
      throw error;
    }
  }
}
