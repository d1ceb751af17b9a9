import type { TransactionGetResult } from 'couchbase';
import type { ChainHead } from '../../../core/model/audit-entry.js';
import type { ChainIdentity } from '../../../core/model/audit-store.js';
import { TargetSystemError } from '../../../core/model/errors.js';
import type { Marker } from '../../../core/model/target-system.js';
import { isMissingDocument } from '../connection/couchbase-errors.js';
import {
  currentVersion,
  type Found,
  type OwnDocuments,
  JSON_TRANSCODER as transcoder,
  type Upgrade,
  upgraded,
  versionOf,
} from '../connection/own-documents.js';
import type { TransactionAttempt } from '../connection/transaction-runner.js';
import { documentKeys, fencesKey } from '../store/store-location.js';

/** The document of a chain in a target system: it is committed together with the effect of a change. */
export interface MarkerDocument {
  readonly version: number;
  /** The fence: the highest fencing token so far. */
  readonly token: number;
  /** The end of the audit chain that the last commit knew of. */
  readonly witness: ChainHead | null;
  /** How often the fence was raised by a transaction of its own. */
  readonly raised: number;
  /** The id of the change's transaction that wrote it last. After a lost answer it tells whether the commit happened. */
  readonly commit: string;
  readonly markers: readonly Marker[];
}

/** The first brings a document from version 1 to 2, the second from 2 to 3, and so on. Empty: version 1 is the only one. */
export const MARKER_UPGRADES: readonly Upgrade[] = [];

/** Where a target system keeps the documents of its chains. */
export interface MarkerLocations {
  readonly targetId: string;
  readonly documents: OwnDocuments;
  readonly keyPrefix: string;
  readonly upgrades: readonly Upgrade[];
}

/** Where the document of one chain is. */
export interface MarkerLocation extends MarkerLocations {
  readonly chain: ChainIdentity;
  readonly key: string;
}

/** The document as a transaction has read it. */
export interface SeenMarkerDocument {
  readonly document: TransactionGetResult;
  readonly content: MarkerDocument;
}

/** Where the document of `chain` is. */
export function locationOf(
  locations: MarkerLocations,
  { storeId, namespace }: ChainIdentity,
): MarkerLocation {
  const { targetId, documents, keyPrefix, upgrades } = locations;
  const key = documentKeys(keyPrefix, namespace).markers(storeId);
  return { targetId, documents, keyPrefix, upgrades, chain: { storeId, namespace }, key };
}

/** Creates the document when it is missing. That needs no transaction: an empty document has no meaning yet. */
export async function ensureMarkerDocument(location: MarkerLocation): Promise<void> {
  const { documents, key, upgrades } = location;
  await rememberFence(location);
  const version = currentVersion(upgrades);
  const nothing: MarkerDocument = { version, token: 0, witness: null, raised: 0, commit: '', markers: [] };
  await documents.insert(key, nothing);
}

/**
 * Reads the document within a transaction; undefined when the markers of the chain were never opened.
 *
 * @throws TargetSystemError when a newer version of this library has written it
 */
export async function readMarkerDocument(
  attempt: TransactionAttempt,
  location: MarkerLocation,
): Promise<SeenMarkerDocument | undefined> {
  try {
    const document = await attempt.get(location.documents.collection, location.key, { transcoder });
    return { document, content: contentOf(location, document.content as object) };
  } catch (error) {
    if (isMissingDocument(error)) return undefined;
    throw error;
  }
}

/** The content, brought to the current version. */
function contentOf({ targetId, key, upgrades }: MarkerLocation, content: object): MarkerDocument {
  const known = currentVersion(upgrades);
  if (versionOf(content) > known) throw newerDocument(targetId, key, versionOf(content), known);
  return (versionOf(content) === known ? content : upgraded(content, upgrades)) as MarkerDocument;
}

/** Reads the document, and creates it when it is missing. @throws TargetSystemError when a newer version of this library has written it */
export async function requireMarkerDocument(
  attempt: TransactionAttempt,
  location: MarkerLocation,
): Promise<SeenMarkerDocument> {
  const seen = await readMarkerDocument(attempt, location);
  if (seen) return seen;
  await ensureMarkerDocument(location);
  const made = await readMarkerDocument(attempt, location);
  if (made) return made;
  throw new TargetSystemError(
    `Target system '${location.targetId}' has no document '${location.key}', though it was made just now: somebody removed it.`,
    { fix: ['let nobody remove what flamingock keeps in the collection, then start again'] },
  );
}

/** Writes the document within a transaction, whose commit fails when anybody has written it since it was read. */
export async function writeMarkerDocument(
  attempt: TransactionAttempt,
  { document }: SeenMarkerDocument,
  content: MarkerDocument,
): Promise<void> {
  await attempt.replace(document, content, { transcoder });
}

/** The markers without those of the `removed` changes, and with the `written` ones; at most one for each change. */
export function changedMarkers(
  markers: readonly Marker[],
  removed: ReadonlySet<string>,
  written: ReadonlyMap<string, Marker>,
): Marker[] {
  const kept = markers.filter(({ changeId }) => !removed.has(changeId) && !written.has(changeId));
  return [...kept, ...written.values()];
}

const VERSION = 1;

/** Lists the chains that have a fence here, because Couchbase cannot list keys. It may contain chains that have none. */
interface KnownFences {
  readonly version: number;
  readonly chains: readonly ChainIdentity[];
}

/** The chains that may have a fence here. @throws TargetSystemError when a newer version of this library has written the list */
export async function rememberedChains(locations: MarkerLocations): Promise<readonly ChainIdentity[]> {
  return chainsIn(locations, await locations.documents.get(fencesKey(locations.keyPrefix)));
}

/** Adds the chain to the list. Call it before the fence is created: a fence that is not listed is never found again. */
function rememberFence(location: MarkerLocation): Promise<void> {
  const { chain } = location;
  return changeChains(location, (chains) =>
    chains.some((one) => isSame(one, chain)) ? chains : [...chains, chain],
  );
}

/** Removes the chain from the list. Call it after the fence was removed. */
export function forgetFence(location: MarkerLocation): Promise<void> {
  return changeChains(location, (chains) => chains.filter((one) => !isSame(one, location.chain)));
}

/** Says that a newer version of this library has written the document. */
function newerDocument(targetId: string, key: string, found: number, known: number): TargetSystemError {
  return new TargetSystemError(
    `The document '${key}' of target system '${targetId}' has version ${found}; this version of nestjs-flamingock knows version ${known}`,
    { fix: ['upgrade nestjs-flamingock in this app: a newer one has used this target system already'] },
  );
}

/** Changes the list; starts over when another process has changed it meanwhile. */
async function changeChains(
  location: MarkerLocation,
  change: (chains: readonly ChainIdentity[]) => readonly ChainIdentity[],
): Promise<void> {
  const { documents, keyPrefix } = location;
  const key = fencesKey(keyPrefix);
  for (;;) {
    const found = await documents.get(key);
    const before = chainsIn(location, found);
    const chains = change(before);
    if (chains.length === before.length) return;
    const content: KnownFences = { version: VERSION, chains };
    const written = found ? documents.replace(key, content, found.cas) : documents.insert(key, content);
    if (await written) return;
  }
}

function chainsIn(
  { targetId, keyPrefix }: MarkerLocations,
  found: Found | undefined,
): readonly ChainIdentity[] {
  if (!found) return [];
  const version = versionOf(found.content);
  if (version > VERSION) throw newerDocument(targetId, fencesKey(keyPrefix), version, VERSION);
  return (found.content as KnownFences).chains;
}

function isSame(one: ChainIdentity, other: ChainIdentity): boolean {
  return one.storeId === other.storeId && one.namespace === other.namespace;
}
