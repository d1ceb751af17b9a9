import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../core/error-text.js';
import { TargetSystemError } from '../../core/errors.js';
import type { Marker, MarkerStore } from '../../core/target-system.js';
import {
  type Bookkeeping,
  type BookkeepingPlace,
  changedMarkers,
  demandBookkeeping,
  NO_BOOKKEEPING,
  readBookkeeping,
  writeBookkeeping,
} from './bookkeeping.js';
import type { OwnDocuments } from './own-documents.js';
import { runOnce } from './run-once.js';
import type { TransactionRunner } from './transaction-runner.js';

const PAUSE_MS = 100;

/** What a marker store works with. */
export interface MarkerStoreParts {
  readonly place: BookkeepingPlace;
  readonly documents: OwnDocuments;
  readonly runner: TransactionRunner;
  /** How long to wait for a transaction that is in the way, in milliseconds. */
  readonly lockWaitMs: number;
}

/**
 * The fence and the markers of one namespace. Also read in transactions: a commit that was interrupted between its point
 * of no return and its last document would not be seen otherwise.
 */
export class CouchbaseMarkerStore implements MarkerStore {
  constructor(private readonly parts: MarkerStoreParts) {}

  async open(): Promise<void> {
    const { documents, place } = this.parts;
    await documents.insert(place.key, NO_BOOKKEEPING);
  }

  async raiseFence(token: number): Promise<boolean> {
    const { token: seen } = await this.#change((content) =>
      content.token > token ? undefined : { ...content, token, raised: content.raised + 1 },
    );
    return seen <= token;
  }

  async read(): Promise<readonly Marker[]> {
    const { place, runner } = this.parts;
    const seen = await runOnce(runner, (attempt) => readBookkeeping(attempt, place));
    return seen?.content.markers ?? [];
  }

  async remove(changeIds: readonly string[], token: number): Promise<void> {
    const removed = new Set(changeIds);
    if (removed.size === 0) return;
    await this.#change((content) =>
      content.token > token || !content.markers.some(({ changeId }) => removed.has(changeId))
        ? undefined
        : { ...content, markers: changedMarkers(content.markers, removed, new Map()) },
    );
  }

  /** Again while a transaction is in the way. @returns what was found before the change, which may be none */
  async #change(change: (content: Bookkeeping) => Bookkeeping | undefined): Promise<Bookkeeping> {
    const { place, runner, lockWaitMs } = this.parts;
    for (const start = performance.now(); ; await sleep(PAUSE_MS)) {
      try {
        return await runOnce(runner, async (attempt) => {
          const seen = await demandBookkeeping(attempt, place);
          const changed = change(seen.content);
          if (changed) await writeBookkeeping(attempt, seen, changed);
          return seen.content;
        });
      } catch (error) {
        if (error instanceof TargetSystemError) throw error;
        if (performance.now() - start > lockWaitMs) throw waitedTooLong(this.parts, error);
      }
    }
  }
}

function waitedTooLong({ place, lockWaitMs }: MarkerStoreParts, cause: unknown): TargetSystemError {
  return new TargetSystemError(
    `The document '${place.key}' of target system '${place.targetId}' could not be written for ${lockWaitMs} ms: ${messageOf(cause)}`,
    {
      cause,
      fix: [
        'another transaction may be in the way, probably of a stopped process of this app; Couchbase does not say whose, and ends it when its time is up (15 s by default)',
        'make sure that the cluster can be reached, and that its bucket takes durable writes',
        'then start again; or give the target system a longer lockWait',
      ],
    },
  );
}
