import type { mongo } from 'mongoose';
import type { Marker, MarkerKind } from '../../core/target-system.js';
import { isMongoError } from './mongo-errors.js';
import { COLLECTION_OPTIONS } from './store-collections.js';

/** How the two collections of a target system are called. */
export interface MarkerNames {
  readonly markerCollection: string;
  readonly fenceCollection: string;
}

interface MarkerDocument {
  readonly _id: { readonly namespace: string; readonly changeId: string };
  readonly attempt: number;
  readonly fence: number;
  readonly kind: MarkerKind;
}

interface FenceDocument {
  readonly _id: string;
  readonly token: number;
  /** Counts writes: one that changes nothing would conflict with no other. */
  readonly writes: number;
}

/** Reads and writes the documents of one namespace, in a transaction where there is a session. */
export class MarkerDocuments {
  readonly #markers: mongo.Collection<MarkerDocument>;
  readonly #fences: mongo.Collection<FenceDocument>;

  constructor(
    db: mongo.Db,
    { markerCollection, fenceCollection }: MarkerNames,
    private readonly namespace: string,
    private readonly session?: mongo.ClientSession,
  ) {
    this.#markers = db.collection<MarkerDocument>(markerCollection, COLLECTION_OPTIONS);
    this.#fences = db.collection<FenceDocument>(fenceCollection, COLLECTION_OPTIONS);
  }

  async read(): Promise<readonly Marker[]> {
    const documents = await this.#markers.find({ '_id.namespace': this.namespace }, this.#options).toArray();
    return documents.map(({ _id, attempt, fence, kind }) => ({
      changeId: _id.changeId,
      attempt,
      fence,
      kind,
    }));
  }

  async write({ changeId, ...marker }: Marker): Promise<void> {
    const options = { ...this.#options, upsert: true };
    await this.#markers.replaceOne({ _id: this.#id(changeId) }, marker, options);
  }

  async removeAll(changeIds: readonly string[]): Promise<void> {
    if (!changeIds.length) return;
    await this.#markers.deleteMany({ _id: { $in: changeIds.map((id) => this.#id(id)) } }, this.#options);
  }

  /** @returns the token of the fence; undefined when there is no document */
  async fence(): Promise<number | undefined> {
    return (await this.#fences.findOne({ _id: this.namespace }, this.#options))?.token;
  }

  /** Makes sure that there is a fence document. Outside a transaction: two that insert it at once would fail it. */
  async insertFence(): Promise<void> {
    const fresh = { $setOnInsert: { token: 0, writes: 0 } };
    try {
      await this.#fences.updateOne({ _id: this.namespace }, fresh, { ...this.#options, upsert: true });
    } catch (error) {
      if (!isMongoError(error, 'duplicateKey')) throw error;
    }
  }

  /**
   * @param maxTimeMS - how long to wait for a transaction that has written the document
   * @returns false when the fence is above `token`
   */
  async raiseFence(token: number, maxTimeMS?: number): Promise<boolean> {
    try {
      const notNewer = { _id: this.namespace, token: { $lte: token } };
      const write = { $set: { token }, $inc: { writes: 1 } };
      const options = { ...this.#options, ...(maxTimeMS && { maxTimeMS }) };
      const raised = await this.#fences.findOneAndUpdate(notNewer, write, options);
      return raised !== null || (await this.#raiseUnmatched(token, maxTimeMS));
    } catch (error) {
      // Somebody wrote it after the transaction had begun: in it, a newer holder cannot be seen.
      const conflict = this.session && isMongoError(error, 'writeConflict');
      const seen = conflict && (await this.#fences.findOne({ _id: this.namespace }))?.token;
      if (Number(seen ?? 0) > token) return false;
      throw error;
    }
  }

  /** Nothing was found to raise: the document is missing, or newer, or was inserted just now. */
  async #raiseUnmatched(token: number, maxTimeMS?: number): Promise<boolean> {
    const current = await this.fence();
    if (current !== undefined) return current <= token && this.raiseFence(token, maxTimeMS);
    await this.#fences.insertOne({ _id: this.namespace, token, writes: 0 }, this.#options);
    return true;
  }

  get #options(): { readonly session?: mongo.ClientSession } {
    return this.session ? { session: this.session } : {};
  }

  #id(changeId: string): MarkerDocument['_id'] {
    return { namespace: this.namespace, changeId };
  }
}
