import { randomBytes, randomUUID } from 'node:crypto';
import type { CasInput } from 'couchbase';
import type { ChainHead } from '../../core/audit-entry.js';
import type { AuditHead } from '../../core/audit-head.js';
import type { Fence, LeaseRequest, Settled } from '../../core/audit-store.js';
import { AuditIntegrityError, AuditStoreError } from '../../core/errors.js';
import { EMPTY_CHAIN } from '../../core/hash-chain.js';
import { currentVersion, type Upgrade, upgraded, versionOf } from './document-version.js';
import type { PackedEntry } from './packed-entry.js';
import { newerHead } from './store-errors.js';
import type { StorePlace } from './store-place.js';

/** What brings the head of an older version up to date, from version 1 on. */
export const HEAD_UPGRADES: readonly Upgrade[] = [];

/** An entry with its place among the others of its change. */
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
 * Couchbase writes one document at a time, so this one is the commit: it holds the lease, the end of the chain *and* the
 * entries of the last append. They get documents of their own right after; until then they are read from here. Nobody
 * replaces them here before those are written. So the document does not grow with the audit.
 */
export interface Head extends AuditHead {
  /** How many changes there are, hence slots. */
  readonly changes: number;
  /** The entries of the last append, by seq. */
  readonly tail: readonly PlacedEntry[];
}

/** A head, and the version of it that was read. */
export interface SeenHead {
  readonly head: Head;
  readonly cas: CasInput;
}

/** The head of a namespace in which nothing has been, with a store id of its own. */
function emptyHead({ upgrades }: StorePlace): Head {
  return {
    version: currentVersion(upgrades),
    storeId: randomBytes(16).toString('hex'),
    token: 0,
    nonce: randomUUID(),
    holder: null,
    leaseMs: 0,
    chain: EMPTY_CHAIN,
    settled: { seq: 0, digests: [] },
    changes: 0,
    tail: [],
  };
}

/** The head with the lease taken. */
export function taken(head: Head, { holder, host, leaseMs }: LeaseRequest): Head {
  const lease = { holder, host, since: new Date().toISOString(), until: endOf(leaseMs) };
  return { ...head, token: head.token + 1, nonce: randomUUID(), holder: lease, leaseMs };
}

/** The head with the lease of its holder renewed. */
export function renewed(head: Head, { leaseMs }: Fence): Head {
  const holder = head.holder && { ...head.holder, until: endOf(leaseMs) };
  return { ...head, nonce: randomUUID(), holder, leaseMs };
}

/** The head without a holder. The token stays, so that it never repeats. */
export function released(head: Head, settled: Settled = head.settled): Head {
  return { ...head, nonce: randomUUID(), holder: null, settled };
}

/** The head with entries behind its chain, and the lease renewed by the way. */
export function advanced(head: Head, fence: Fence, chain: ChainHead, tail: readonly PlacedEntry[]): Head {
  const changes = Math.max(head.changes, ...tail.map(({ slot }) => slot));
  return { ...renewed(head, fence), chain, changes, tail };
}

/** Makes the head where there is none, the first one of all, and brings that of an older version up to date. */
export async function openHead(place: StorePlace): Promise<void> {
  const { documents, keys, upgrades } = place;
  for (;;) {
    const seen = await readHead(place);
    if (seen?.head.version === currentVersion(upgrades)) return;
    if (seen) await documents.replace(keys.head, upgraded(seen.head, upgrades), seen.cas);
    else await documents.insert(keys.head, emptyHead(place));
  }
}

/**
 * Undefined where the store was never opened.
 *
 * @throws AuditIntegrityError when the document is none of ours, AuditStoreError when it is of a newer version
 */
export async function readHead(place: StorePlace): Promise<SeenHead | undefined> {
  const { documents, keys, upgrades } = place;
  const found = await documents.get(keys.head);
  if (!found) return undefined;
  const version = versionOf(found.content);
  if (version > currentVersion(upgrades)) throw newerHead(place, version);
  if (!isHead(found.content))
    throw new AuditIntegrityError(
      `The document '${keys.head}' is no head of an audit; somebody wrote it by hand.`,
    );
  return { head: found.content, cas: found.cas };
}

/**
 * Replaces the head if nobody has since it was seen. A write whose answer was lost is looked up.
 *
 * @returns false when somebody was faster
 */
export async function replaceHead(place: StorePlace, { cas }: SeenHead, head: Head): Promise<boolean> {
  const { documents, keys } = place;
  let failure: unknown;
  try {
    if (await documents.replace(keys.head, head, cas)) return true;
  } catch (error) {
    failure = error;
  }
  if ((await readHead(place))?.head.nonce === head.nonce) return true;
  if (failure !== undefined) throw failure;
  return false;
}

/** There is no head where one is needed. */
export function notOpened({ keys, namespace }: StorePlace): AuditStoreError {
  return new AuditStoreError(
    `The audit store has no document '${keys.head}' for namespace '${namespace}': it was not opened.`,
    { fix: ['await store.open() first'] },
  );
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

/** For people, by the holder's own clock; nothing is decided by it. */
function endOf(leaseMs: number): string {
  return new Date(Date.now() + leaseMs).toISOString();
}
