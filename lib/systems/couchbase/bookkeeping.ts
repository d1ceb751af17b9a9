import type { Collection, TransactionGetResult } from 'couchbase';
import { TargetSystemError } from '../../core/errors.js';
import type { Marker } from '../../core/target-system.js';
import { isMissingDocument } from './couchbase-errors.js';
import { JSON_TRANSCODER as transcoder } from './json-transcoder.js';
import type { TransactionAttempt } from './transaction-runner.js';

/** The document of a namespace in a target system: what must be committed together with the effect of a change. */
export interface Bookkeeping {
  /** The fence: the highest fencing token that was seen. */
  readonly token: number;
  /** How often the fence was raised by a transaction of its own. */
  readonly raised: number;
  /** Which transaction of a change wrote it last: who lost the answer to a commit finds out by this. */
  readonly commit: string;
  readonly markers: readonly Marker[];
}

/** The document of a namespace in which nothing has been. */
export const NO_BOOKKEEPING: Bookkeeping = { token: 0, raised: 0, commit: '', markers: [] };

/** Where it is. */
export interface BookkeepingPlace {
  readonly targetId: string;
  readonly collection: Collection;
  readonly key: string;
}

/** What a transaction has seen of it. */
export interface SeenBookkeeping {
  readonly document: TransactionGetResult;
  readonly content: Bookkeeping;
}

/** Undefined where the markers of the namespace were never opened. */
export async function readBookkeeping(
  attempt: TransactionAttempt,
  { collection, key }: BookkeepingPlace,
): Promise<SeenBookkeeping | undefined> {
  try {
    const document = await attempt.get(collection, key, { transcoder });
    return { document, content: document.content as Bookkeeping };
  } catch (error) {
    if (isMissingDocument(error)) return undefined;
    throw error;
  }
}

/** @throws TargetSystemError when the markers were not opened */
export async function demandBookkeeping(
  attempt: TransactionAttempt,
  place: BookkeepingPlace,
): Promise<SeenBookkeeping> {
  const seen = await readBookkeeping(attempt, place);
  if (seen) return seen;
  throw new TargetSystemError(
    `Target system '${place.targetId}' has no document '${place.key}': its markers were not opened.`,
    { fix: ['await markers(namespace).open() first'] },
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
