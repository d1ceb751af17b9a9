import { randomBytes, randomUUID } from 'node:crypto';
import type { CasInput } from 'couchbase';
import {
  type AuditHead,
  emptyHead,
  type HeadStorage,
  type HeadWriter,
  type LeaseWatch,
  renewed,
} from '../../../core/kit/watched-lease.js';
import type { ChainHead } from '../../../core/model/audit-entry.js';
import type { Fence } from '../../../core/model/audit-store.js';
import { AuditIntegrityError } from '../../../core/model/errors.js';
import { currentVersion, type Upgrade, upgraded, versionOf } from '../connection/own-documents.js';
import type { PackedEntry } from './packed-entry.js';
import { newerHead } from './store-errors.js';
import type { StoreLocation } from './store-location.js';

/** Bring a head from version 1 to 2, from 2 to 3, and so on. None yet. */
export const HEAD_UPGRADES: readonly Upgrade[] = [];

/** An entry, and how it is linked to the others of its change. */
export interface PlacedEntry {
  /** Where the latest entry of its change is kept. */
  readonly slot: number;
  /** The seq of the entry of this change before it; 0 for the first. */
  readonly before: number;
  readonly entry: PackedEntry;
}

/**
 * The document of a namespace that every write to its audit changes.
 *
 * Couchbase writes one document at a time, so the write of this document commits an append: it holds the lease, the end of
 * the chain and the entries of the last append. Those are then filed in documents of their own, and read from here until
 * that is done. The next append replaces them, so the document does not grow with the audit.
 */
export interface Head extends AuditHead {
  /** How many changes there are, hence slots. */
  readonly changes: number;
  /** The entries of the last append, by seq. */
  readonly tail: readonly PlacedEntry[];
}

/** A head, and the CAS with which it was read. */
export interface SeenHead {
  readonly head: Head;
  readonly cas: CasInput;
}

const WRITER: HeadWriter = { now: () => Date.now(), nonce: () => randomUUID() };

/** How the head of a namespace is read and replaced. */
export function headsIn(location: StoreLocation, watch: LeaseWatch): HeadStorage<SeenHead> {
  const { documents, keys } = location;
  return {
    ...WRITER,
    watch,
    read: () => readHead(location),
    replace: ({ cas }, head) => documents.replace(keys.head, head, cas),
  };
}

function newHead({ upgrades }: StoreLocation): Head {
  const storeId = randomBytes(16).toString('hex');
  const head = emptyHead({ storeId, nonce: WRITER.nonce(), version: currentVersion(upgrades) });
  return { ...head, changes: 0, tail: [] };
}

/** The head with entries behind its chain, and the lease renewed in the same write. */
export function advanced(head: Head, fence: Fence, chain: ChainHead, tail: readonly PlacedEntry[]): Head {
  const changes = Math.max(head.changes, ...tail.map(({ slot }) => slot));
  return { ...renewed(head, fence, WRITER), chain, changes, tail };
}

/** Creates the head where there is none, and brings a head of an older version up to date. */
export async function openHead(location: StoreLocation): Promise<void> {
  const { documents, keys, upgrades } = location;
  for (;;) {
    const seen = await readHead(location);
    if (seen?.head.version === currentVersion(upgrades)) return;
    if (seen) await documents.replace(keys.head, upgraded(seen.head, upgrades), seen.cas);
    else await documents.insert(keys.head, newHead(location));
  }
}

/**
 * Undefined where the store was never opened.
 *
 * @throws AuditIntegrityError when the document is no head, AuditStoreError when it is of a newer version
 */
export async function readHead(location: StoreLocation): Promise<SeenHead | undefined> {
  const { documents, keys, upgrades } = location;
  const found = await documents.get(keys.head);
  if (!found) return undefined;
  const version = versionOf(found.content);
  if (version > currentVersion(upgrades)) throw newerHead(location, version);
  if (!isHead(found.content))
    throw new AuditIntegrityError(
      `The document '${keys.head}' is no head of an audit; somebody wrote it by hand.`,
    );
  return { head: found.content, cas: found.cas };
}

function isHead(content: unknown): content is Head {
  return (
    typeof content === 'object' &&
    content !== null &&
    'version' in content &&
    'storeId' in content &&
    'token' in content &&
    'nonce' in content &&
    'chain' in content &&
    'settled' in content &&
    'tail' in content &&
    Array.isArray(content.tail)
  );
}
