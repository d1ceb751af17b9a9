import type { CasInput, Collection, DurabilityLevel, Transcoder } from 'couchbase';
import { isCasMismatch, isExistingDocument, isMissingDocument } from './couchbase-errors.js';

/** The flags by which all SDKs of Couchbase mark JSON. */
const JSON_FLAGS = 0x02000000;

/** Writes this library's documents as JSON, whatever transcoder the app's cluster has. */
export const JSON_TRANSCODER: Transcoder = {
  encode: (value: unknown): [Buffer, number] => [Buffer.from(JSON.stringify(value)), JSON_FLAGS],
  decode: (bytes: Buffer): unknown => JSON.parse(bytes.toString()) as unknown,
};

/** How many documents are read at once. */
const AT_ONCE = 100;

/** A document of this library, and the CAS value of the version that was read. */
export interface Found {
  readonly content: unknown;
  readonly cas: CasInput;
}

/** What this library itself reads and writes in a collection, outside transactions: by key and CAS only. The SDK limits the time of each call. */
export class OwnDocuments {
  readonly #durabilityLevel: DurabilityLevel;

  constructor(
    readonly collection: Collection,
    durabilityLevel: DurabilityLevel,
  ) {
    this.#durabilityLevel = durabilityLevel;
  }

  /** Reads a document; undefined when it does not exist. */
  async get(key: string): Promise<Found | undefined> {
    try {
      const { content, cas } = await this.collection.get(key, { transcoder: JSON_TRANSCODER });
      return { content: content as unknown, cas };
    } catch (error) {
      if (isMissingDocument(error)) return undefined;
      throw error;
    }
  }

  /** Reads a document for each key, in the order of the keys. */
  async getAll(keys: readonly string[]): Promise<(Found | undefined)[]> {
    const found: (Found | undefined)[] = [];
    for (let start = 0; start < keys.length; start += AT_ONCE)
      found.push(...(await Promise.all(keys.slice(start, start + AT_ONCE).map((key) => this.get(key)))));
    return found;
  }

  /** @returns false when a document has that key already */
  async insert(key: string, content: object): Promise<boolean> {
    try {
      await this.collection.insert(key, content, {
        transcoder: JSON_TRANSCODER,
        durabilityLevel: this.#durabilityLevel,
      });
      return true;
    } catch (error) {
      if (isExistingDocument(error)) return false;
      throw error;
    }
  }

  /** @returns false when the document was removed, or written since it was read */
  async replace(key: string, content: object, cas: CasInput): Promise<boolean> {
    try {
      const durabilityLevel = this.#durabilityLevel;
      await this.collection.replace(key, content, { cas, transcoder: JSON_TRANSCODER, durabilityLevel });
      return true;
    } catch (error) {
      if (isCasMismatch(error) || isMissingDocument(error)) return false;
      throw error;
    }
  }
}

/** The content of a document, whatever version of this library wrote it. */
export type VersionedContent = Readonly<Record<string, unknown>>;

/** Brings the content of a document one version further. */
export type Upgrade = (content: VersionedContent) => VersionedContent;

/** The version of documents after all `upgrades`: there is one for each older version. */
export function currentVersion(upgrades: readonly Upgrade[]): number {
  return upgrades.length + 1;
}

/** The version of a document; 0 when it has none. */
export function versionOf(content: unknown): number {
  if (typeof content !== 'object' || content === null || !('version' in content)) return 0;
  return typeof content.version === 'number' ? content.version : 0;
}

/** The content as the current version writes it. */
export function upgraded(content: object, upgrades: readonly Upgrade[]): VersionedContent {
  const due = upgrades.slice(Math.max(versionOf(content) - 1, 0));
  const current = due.reduce<VersionedContent>((older, upgrade) => upgrade(older), { ...content });
  return { ...current, version: currentVersion(upgrades) };
}
