import type { mongo } from 'mongoose';
import type { ChainHead } from '../../core/audit-entry.js';
import type { ChainIdentity } from '../../core/audit-store.js';
import type { KnownFence, Marker, MarkerKind, TargetFence } from '../../core/target-system.js';
import { MARKER_UPGRADES } from './marker-upgrades.js';
import { isMongoError } from './mongo-errors.js';
import { COLLECTION_OPTIONS } from './store-collections.js';

/** How the two collections of a target system are called. */
export interface MarkerNames {
  readonly markerCollection: string;
  readonly fenceCollection: string;
}

interface MarkerDocument {
  readonly _id: ChainIdentity & { readonly changeId: string };
  readonly attempt: number;
  readonly fence: number;
  readonly kind: MarkerKind;
}

/** The fence of a chain. */
export interface FenceDocument extends TargetFence {
  readonly _id: ChainIdentity;
  /** Counts writes: one that changes nothing would conflict with no other. */
  readonly writes: number;
  /** Of both collections, when this document was last brought up to date. */
  readonly version: number;
}

/** How the fence is raised. */
interface Raise {
  /** @default the one that the fence has */
  readonly witness?: ChainHead;
  /** How long to wait for a transaction that has written the document, in milliseconds. */
  readonly maxTimeMS?: number;
}

/** Nothing is known of a fence that is not there. */
const NO_FENCE: TargetFence = { token: 0, witness: null };

/** Reads and writes the documents of one chain, in a transaction where there is a session. */
export class MarkerDocuments {
  readonly #markers: mongo.Collection<MarkerDocument>;
  readonly #fences: mongo.Collection<FenceDocument>;
  readonly #id: ChainIdentity;

  constructor(
    db: mongo.Db,
    { markerCollection, fenceCollection }: MarkerNames,
    { storeId, namespace }: ChainIdentity,
    private readonly session?: mongo.ClientSession,
    private readonly version = MARKER_UPGRADES.length + 1,
  ) {
    this.#markers = db.collection<MarkerDocument>(markerCollection, COLLECTION_OPTIONS);
    this.#fences = db.collection<FenceDocument>(fenceCollection, COLLECTION_OPTIONS);
    this.#id = { storeId, namespace };
  }

  async read(): Promise<readonly Marker[]> {
    const documents = await this.#markers.find(this.#ofChain, this.#options).toArray();
    return documents.map(({ _id, attempt, fence, kind }) => ({
      changeId: _id.changeId,
      attempt,
      fence,
      kind,
    }));
  }

  async write({ changeId, ...marker }: Marker): Promise<void> {
    const options = { ...this.#options, upsert: true };
    await this.#markers.replaceOne({ _id: this.#markerId(changeId) }, marker, options);
  }

  async removeAll(changeIds: readonly string[]): Promise<void> {
    if (!changeIds.length) return;
    const ids = changeIds.map((id) => this.#markerId(id));
    await this.#markers.deleteMany({ _id: { $in: ids } }, this.#options);
  }

  /** Removes the fence and all markers. */
  async forget(): Promise<void> {
    await this.#fences.deleteOne({ _id: this.#id }, this.#options);
    await this.#markers.deleteMany(this.#ofChain, this.#options);
  }

  /** Null when there is no document. */
  fence(): Promise<FenceDocument | null> {
    return this.#fences.findOne({ _id: this.#id }, this.#options);
  }

  /** Those of every chain. Notes of open attempts are in the same collection and have no token. */
  async fences(): Promise<readonly KnownFence[]> {
    const documents = await this.#fences.find({ token: { $exists: true } }, this.#options).toArray();
    return documents.map(({ _id: { storeId, namespace }, token, witness }) => ({
      storeId,
      namespace,
      token,
      witness,
    }));
  }

  /** Makes sure that there is a fence document. Outside a transaction: two that insert it at once would fail it. */
  async insertFence(): Promise<void> {
    const fresh = { $setOnInsert: this.#fresh(NO_FENCE) };
    try {
      await this.#fences.updateOne({ _id: this.#id }, fresh, { ...this.#options, upsert: true });
    } catch (error) {
      if (!isMongoError(error, 'duplicateKey')) throw error;
    }
  }

  /**
   * Raises the fence, unless it is above `token` already.
   *
   * @returns the fence as it is then
   */
  async raiseFence(token: number, raise: Raise = {}): Promise<TargetFence> {
    const { maxTimeMS, witness } = raise;
    try {
      const notNewer = { _id: this.#id, token: { $lte: token } };
      const write = { $set: { token, ...(witness && { witness }) }, $inc: { writes: 1 } };
      const options = { ...this.#options, ...(maxTimeMS && { maxTimeMS }), returnDocument: 'after' } as const;
      const raised = await this.#fences.findOneAndUpdate(notNewer, write, options);
      return raised ? fenceOf(raised) : await this.#raiseUnmatched(token, raise);
    } catch (error) {
      // Somebody wrote it after the transaction had begun: in it, a newer holder cannot be seen.
      const conflict = this.session && isMongoError(error, 'writeConflict');
      const seen = conflict ? await this.#fences.findOne({ _id: this.#id }) : null;
      if (seen && seen.token > token) return fenceOf(seen);
      throw error;
    }
  }

  /** Nothing was found to raise: the document is missing, or newer, or was inserted just now. */
  async #raiseUnmatched(token: number, raise: Raise): Promise<TargetFence> {
    const current = await this.fence();
    if (current) return current.token > token ? fenceOf(current) : this.raiseFence(token, raise);
    const raised = { token, witness: raise.witness ?? null };
    await this.#fences.insertOne({ _id: this.#id, ...this.#fresh(raised) }, this.#options);
    return raised;
  }

  #fresh(fence: TargetFence): Omit<FenceDocument, '_id'> {
    return { ...fence, writes: 0, version: this.version };
  }

  get #options(): { readonly session?: mongo.ClientSession } {
    return this.session ? { session: this.session } : {};
  }

  get #ofChain(): mongo.Filter<MarkerDocument> {
    return { '_id.storeId': this.#id.storeId, '_id.namespace': this.#id.namespace };
  }

  #markerId(changeId: string): MarkerDocument['_id'] {
    return { ...this.#id, changeId };
  }
}

function fenceOf({ token, witness }: FenceDocument): TargetFence {
  return { token, witness: witness && { seq: witness.seq, hash: witness.hash } };
}
