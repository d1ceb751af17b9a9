import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../core/error-text.js';
import { TargetSystemError } from '../../core/errors.js';
import type { KnownFence, Marker, MarkerStore, TargetFence } from '../../core/target-system.js';
import {
  type Bookkeeping,
  type BookkeepingPlace,
  changedMarkers,
  demandBookkeeping,
  ensureBookkeeping,
  placeOf,
  readBookkeeping,
  writeBookkeeping,
} from './bookkeeping.js';
import { currentVersion, versionOf } from './document-version.js';
import { forgetFence, rememberedChains } from './known-fences.js';
import { runOnce } from './run-once.js';
import type { TransactionAttempt, TransactionRunner } from './transaction-runner.js';

const PAUSE_MS = 100;

/** What a marker store works with. */
export interface MarkerStoreParts {
  readonly place: BookkeepingPlace;
  readonly runner: TransactionRunner;
  /** How long to wait for a transaction that is in the way, in milliseconds. */
  readonly lockWaitMs: number;
}

/**
 * The fence and the markers of one chain. Also read in transactions: a commit that was interrupted between its point
 * of no return and its last document would not be seen otherwise.
 */
export class CouchbaseMarkerStore implements MarkerStore {
  constructor(private readonly parts: MarkerStoreParts) {}

  async open(): Promise<void> {
    const { place } = this.parts;
    const found = await place.documents.get(place.key);
    if (!found) await ensureBookkeeping(place);
    // What is read of an older version is up to date already: it only needs to be written.
    else if (versionOf(found.content) !== currentVersion(place.upgrades))
      await this.#change((content) => content);
  }

  async raiseFence(token: number): Promise<TargetFence> {
    const seen = await this.#change((content) =>
      content.token > token ? undefined : { ...content, token, raised: content.raised + 1 },
    );
    return { token: Math.max(seen.token, token), witness: seen.witness };
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

  async fences(): Promise<readonly KnownFence[]> {
    const { place, runner } = this.parts;
    const chains = await rememberedChains(place);
    return runOnce(runner, async (attempt) => {
      const fences: KnownFence[] = [];
      for (const chain of chains) {
        const content = (await readBookkeeping(attempt, placeOf(place, chain)))?.content;
        if (content) fences.push({ ...chain, token: content.token, witness: content.witness });
      }
      return fences;
    });
  }

  async forget(): Promise<void> {
    const { place } = this.parts;
    await this.#bounded(async (attempt) => {
      const seen = await readBookkeeping(attempt, place);
      if (seen) await attempt.remove(seen.document);
    });
    await forgetFence(place);
  }

  /** @returns what was found before the change, which may be none */
  #change(change: (content: Bookkeeping) => Bookkeeping | undefined): Promise<Bookkeeping> {
    return this.#bounded(async (attempt) => {
      const seen = await demandBookkeeping(attempt, this.parts.place);
      const changed = change(seen.content);
      if (changed) await writeBookkeeping(attempt, seen, changed);
      return seen.content;
    });
  }

  /** A transaction of our own; again, up to `lockWait`, while another one is in the way. */
  async #bounded<T>(work: (attempt: TransactionAttempt) => Promise<T>): Promise<T> {
    const { runner, lockWaitMs } = this.parts;
    for (const start = performance.now(); ; await sleep(PAUSE_MS)) {
      try {
        return await runOnce(runner, work);
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
