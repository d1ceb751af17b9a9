import { setTimeout as sleep } from 'node:timers/promises';
import { laterHead } from '../../../core/kit/hash-chain.js';
import type { ChainHead } from '../../../core/model/audit-entry.js';
import { TargetSystemError } from '../../../core/model/errors.js';
import type { KnownFence, Marker, MarkerStore, TargetFence } from '../../../core/model/target-system.js';
import { messageOf } from '../../../core/kit/text.js';
import { currentVersion, versionOf } from '../connection/own-documents.js';
import {
  runOnce,
  type TransactionAttempt,
  type TransactionRunner,
} from '../connection/transaction-runner.js';
import {
  type MarkerDocument,
  type MarkerLocation,
  changedMarkers,
  requireMarkerDocument,
  ensureMarkerDocument,
  forgetFence,
  locationOf,
  readMarkerDocument,
  rememberedChains,
  writeMarkerDocument,
} from './marker-documents.js';

const PAUSE_MS = 100;

/** What a marker store works with. */
export interface MarkerStoreParts {
  readonly location: MarkerLocation;
  readonly runner: TransactionRunner;
  /** How long to wait for another transaction that is writing the document, in milliseconds. */
  readonly lockWaitMs: number;
}

/**
 * The fence and the markers of one chain. They are read in transactions, too: only a transaction sees a commit that was decided but
 * not yet written to every document.
 */
export class CouchbaseMarkerStore implements MarkerStore {
  readonly #parts: MarkerStoreParts;

  constructor(parts: MarkerStoreParts) {
    this.#parts = parts;
  }

  async open(): Promise<void> {
    const { location } = this.#parts;
    const found = await location.documents.get(location.key);
    if (!found) await ensureMarkerDocument(location);
    // Reading brings an older version up to date, so it only needs to be written.
    else if (versionOf(found.content) !== currentVersion(location.upgrades))
      await this.#change((content) => content);
  }

  async raiseFence(token: number): Promise<TargetFence> {
    const seen = await this.#change((content) =>
      content.token > token ? undefined : { ...content, token, raised: content.raised + 1 },
    );
    return { token: Math.max(seen.token, token), witness: seen.witness };
  }

  async read(): Promise<readonly Marker[]> {
    const { location, runner } = this.#parts;
    const seen = await runOnce(runner, (attempt) => readMarkerDocument(attempt, location));
    return seen?.content.markers ?? [];
  }

  async remove(changeIds: readonly string[], token: number, witness: ChainHead): Promise<void> {
    const removed = new Set(changeIds);
    if (removed.size === 0) return;
    await this.#change((content) =>
      content.token > token || !content.markers.some(({ changeId }) => removed.has(changeId))
        ? undefined
        : {
            ...content,
            witness: laterHead(content.witness, witness),
            markers: changedMarkers(content.markers, removed, new Map()),
          },
    );
  }

  async fences(): Promise<readonly KnownFence[]> {
    const { location, runner } = this.#parts;
    const chains = await rememberedChains(location);
    return runOnce(runner, async (attempt) => {
      const fences: KnownFence[] = [];
      for (const chain of chains) {
        const content = (await readMarkerDocument(attempt, locationOf(location, chain)))?.content;
        if (content) fences.push({ ...chain, token: content.token, witness: content.witness });
      }
      return fences;
    });
  }

  async forget(): Promise<void> {
    const { location } = this.#parts;
    await this.#bounded(async (attempt) => {
      const seen = await readMarkerDocument(attempt, location);
      if (seen) await attempt.remove(seen.document);
    });
    await forgetFence(location);
  }

  /** Changes the document, unless `change` returns undefined. @returns its content before */
  #change(change: (content: MarkerDocument) => MarkerDocument | undefined): Promise<MarkerDocument> {
    return this.#bounded(async (attempt) => {
      const seen = await requireMarkerDocument(attempt, this.#parts.location);
      const changed = change(seen.content);
      if (changed) await writeMarkerDocument(attempt, seen, changed);
      return seen.content;
    });
  }

  /** Runs `work` in a transaction; repeats it for up to `lockWaitMs` while another transaction is in the way. */
  async #bounded<T>(work: (attempt: TransactionAttempt) => Promise<T>): Promise<T> {
    const { runner, lockWaitMs } = this.#parts;
    for (const start = performance.now(); ; await sleep(PAUSE_MS)) {
      try {
        return await runOnce(runner, work);
      } catch (error) {
        if (error instanceof TargetSystemError) throw error;
        if (performance.now() - start > lockWaitMs) throw waitedTooLong(this.#parts, error);
      }
    }
  }
}

function waitedTooLong({ location, lockWaitMs }: MarkerStoreParts, cause: unknown): TargetSystemError {
  return new TargetSystemError(
    `The document '${location.key}' of target system '${location.targetId}' could not be written for ${lockWaitMs} ms: ${messageOf(cause)}`,
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
