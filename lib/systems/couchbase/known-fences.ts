import type { ChainIdentity } from '../../core/audit-store.js';
import { TargetSystemError } from '../../core/errors.js';
import type { BookkeepingPlace, BookkeepingPlaces } from './bookkeeping.js';
import { fencesKey } from './document-keys.js';
import { versionOf } from './document-version.js';
import type { Found } from './own-documents.js';

const VERSION = 1;

/** The document that tells which chains have a fence here, since keys cannot be listed. It may name some that have none. */
interface KnownFences {
  readonly version: number;
  readonly chains: readonly ChainIdentity[];
}

/** The chains that have a fence here. @throws TargetSystemError when the document is of a newer version */
export async function rememberedChains(places: BookkeepingPlaces): Promise<readonly ChainIdentity[]> {
  return chainsIn(places, await places.documents.get(fencesKey(places.keyPrefix)));
}

/** To be done before the chain's fence is made: one that is not remembered would never be found again. */
export function rememberFence(place: BookkeepingPlace): Promise<void> {
  const { chain } = place;
  return changeChains(place, (chains) =>
    chains.some((one) => isSame(one, chain)) ? chains : [...chains, chain],
  );
}

/** To be done after the chain's fence was removed. */
export function forgetFence(place: BookkeepingPlace): Promise<void> {
  return changeChains(place, (chains) => chains.filter((one) => !isSame(one, place.chain)));
}

/** A newer version of this library has written a document. */
export function newerDocument(
  targetId: string,
  key: string,
  found: number,
  known: number,
): TargetSystemError {
  return new TargetSystemError(
    `The document '${key}' of target system '${targetId}' has version ${found}; this version of nestjs-flamingock knows version ${known}`,
    { fix: ['upgrade nestjs-flamingock in this app: a newer one has used this target system already'] },
  );
}

/** Again when somebody was faster. */
async function changeChains(
  place: BookkeepingPlace,
  change: (chains: readonly ChainIdentity[]) => readonly ChainIdentity[],
): Promise<void> {
  const { documents, keyPrefix } = place;
  const key = fencesKey(keyPrefix);
  for (;;) {
    const found = await documents.get(key);
    const before = chainsIn(place, found);
    const chains = change(before);
    if (chains.length === before.length) return;
    const content: KnownFences = { version: VERSION, chains };
    const written = found ? documents.replace(key, content, found.cas) : documents.insert(key, content);
    if (await written) return;
  }
}

function chainsIn(
  { targetId, keyPrefix }: BookkeepingPlaces,
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
