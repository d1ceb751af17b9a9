import type { TransactionGetResult } from 'couchbase';
import type { ChainHead } from '../../core/audit-entry.js';
import type { ChainIdentity } from '../../core/audit-store.js';
import { TargetSystemError } from '../../core/errors.js';
import type { Marker } from '../../core/target-system.js';
import { isMissingDocument } from './couchbase-errors.js';
import { documentKeys } from './document-keys.js';
import { currentVersion, type Upgrade, upgraded, versionOf } from './document-version.js';
import { JSON_TRANSCODER as transcoder } from './json-transcoder.js';
import { newerDocument, rememberFence } from './known-fences.js';
import type { OwnDocuments } from './own-documents.js';
import type { TransactionAttempt } from './transaction-runner.js';

/** The document of a chain in a target system: what must be committed together with the effect of a change. */
export interface Bookkeeping {
  readonly version: number;
  /** The fence: the highest fencing token that was seen. */
  readonly token: number;
  /** The audit entry that the last commit has seen. */
  readonly witness: ChainHead | null;
  /** How often the fence was raised by a transaction of its own. */
  readonly raised: number;
  /** Which transaction of a change wrote it last: who lost the answer to a commit finds out by this. */
  readonly commit: string;
  readonly markers: readonly Marker[];
}

/** What brings the document of an older version up to date, from version 1 on. */
export const BOOKKEEPING_UPGRADES: readonly Upgrade[] = [];

/** Where a target system keeps the documents of all chains. */
export interface BookkeepingPlaces {
  readonly targetId: string;
  readonly documents: OwnDocuments;
  readonly keyPrefix: string;
  readonly upgrades: readonly Upgrade[];
}

/** Where that of one chain is. */
export interface BookkeepingPlace extends BookkeepingPlaces {
  readonly chain: ChainIdentity;
  readonly key: string;
}

/** What a transaction has seen of it. */
export interface SeenBookkeeping {
  readonly document: TransactionGetResult;
  readonly content: Bookkeeping;
}

/** The place of a chain among those of all. */
export function placeOf(places: BookkeepingPlaces, { storeId, namespace }: ChainIdentity): BookkeepingPlace {
  const { targetId, documents, keyPrefix, upgrades } = places;
  const key = documentKeys(keyPrefix, namespace).markers(storeId);
  return { targetId, documents, keyPrefix, upgrades, chain: { storeId, namespace }, key };
}

/** Makes the document where there is none, outside any transaction: alone it says nothing. */
export async function ensureBookkeeping(place: BookkeepingPlace): Promise<void> {
  const { documents, key, upgrades } = place;
  await rememberFence(place);
  const version = currentVersion(upgrades);
  const nothing: Bookkeeping = { version, token: 0, witness: null, raised: 0, commit: '', markers: [] };
  await documents.insert(key, nothing);
}

/**
 * Undefined where the markers of the chain were never opened.
 *
 * @throws TargetSystemError when it is of a newer version
 */
export async function readBookkeeping(
  attempt: TransactionAttempt,
  place: BookkeepingPlace,
): Promise<SeenBookkeeping | undefined> {
  try {
    const document = await attempt.get(place.documents.collection, place.key, { transcoder });
    return { document, content: contentOf(place, document.content as object) };
  } catch (error) {
    if (isMissingDocument(error)) return undefined;
    throw error;
  }
}

/** Of an older version, it is as the current one would have written it. */
function contentOf({ targetId, key, upgrades }: BookkeepingPlace, content: object): Bookkeeping {
  const known = currentVersion(upgrades);
  if (versionOf(content) > known) throw newerDocument(targetId, key, versionOf(content), known);
  return (versionOf(content) === known ? content : upgraded(content, upgrades)) as Bookkeeping;
}

/** The document, made when it is missing. @throws TargetSystemError when it is of a newer version */
export async function demandBookkeeping(
  attempt: TransactionAttempt,
  place: BookkeepingPlace,
): Promise<SeenBookkeeping> {
  const seen = await readBookkeeping(attempt, place);
  if (seen) return seen;
  await ensureBookkeeping(place);
  const made = await readBookkeeping(attempt, place);
  if (made) return made;
  throw new TargetSystemError(
    `Target system '${place.targetId}' has no document '${place.key}', though it was made just now: somebody removed it.`,
    { fix: ['let nobody remove what flamingock keeps in the collection, then start again'] },
  );
}

/** Fails when anybody has written the document since it was seen. */
export async function writeBookkeeping(
  attempt: TransactionAttempt,
  { document }: SeenBookkeeping,
  content: Bookkeeping,
): Promise<void> {
  await attempt.replace(document, content, { transcoder });
}

/** The markers with some removed and some written; one for each change. */
export function changedMarkers(
  markers: readonly Marker[],
  removed: ReadonlySet<string>,
  written: ReadonlyMap<string, Marker>,
): Marker[] {
  const kept = markers.filter(({ changeId }) => !removed.has(changeId) && !written.has(changeId));
  return [...kept, ...written.values()];
}
