import type { mongo } from 'mongoose';
import type { ChainHead } from '../../../core/model/audit-entry.js';
import type { ChainIdentity } from '../../../core/model/audit-store.js';
import type { KnownFence, Marker, MarkerKind, TargetFence } from '../../../core/model/target-system.js';
import { isMongoError } from '../connection/mongo-errors.js';
import { COLLECTION_OPTIONS } from '../store/store-collections.js';
import { type MarkerCollections, type MarkerNames, newerMarkers } from './marker-errors.js';

interface MarkerDocument {
  readonly _id: ChainIdentity & { readonly changeId: string };
  readonly attempt: number;
  readonly fence: number;
  readonly kind: MarkerKind;
}

/** The fence of a chain. */
export interface FenceDocument extends TargetFence {
  readonly _id: ChainIdentity;
  /** Counts writes, so that each write changes the document: a write that changes nothing conflicts with no other. */
  readonly writes: number;
  /** The version of both collections when this document was last upgraded. */
  readonly version: number;
}

/** How the fence is raised. */
interface Raise {
  /** @default the fence keeps its witness */
  readonly witness?: ChainHead | null;
  /** How long to wait for another transaction that has written the document, in milliseconds. */
  readonly maxTimeMS?: number;
}

/** Stands for a fence that does not exist yet. */
export const NO_FENCE: TargetFence = { token: 0, witness: null };

/** Reads and writes the documents of one chain; in a transaction when it was given a session. */
export class MarkerDocuments {
  readonly #markers: mongo.Collection<MarkerDocument>;
  readonly #fences: mongo.Collection<FenceDocument>;
  readonly #id: ChainIdentity;

  readonly #session: mongo.ClientSession | undefined;
  readonly #version: number;

  constructor(
    db: mongo.Db,
    { markerCollection, fenceCollection }: MarkerNames,
    { storeId, namespace }: ChainIdentity,
    session?: mongo.ClientSession,
    version = MARKER_UPGRADES.length + 1,
  ) {
    this.#session = session;
    this.#version = version;
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

  /** Reads the chain's fence; null when it does not exist. */
  fence(): Promise<FenceDocument | null> {
    return this.#fences.findOne({ _id: this.#id }, this.#options);
  }

  /** Reads the fences of all chains. Notes of open transactions are in the same collection and have no token. */
  async fences(): Promise<readonly KnownFence[]> {
    const documents = await this.#fences.find({ token: { $exists: true } }, this.#options).toArray();
    return documents.map(({ _id: { storeId, namespace }, token, witness }) => ({
      storeId,
      namespace,
      token,
      witness,
    }));
  }

  /** Creates the fence when it is missing. Not for a transaction: it would fail when another process inserts the fence at the same time. */
  async insertFence(): Promise<void> {
    const fresh = { $setOnInsert: this.#fresh(NO_FENCE) };
    try {
      await this.#fences.updateOne({ _id: this.#id }, fresh, { ...this.#options, upsert: true });
    } catch (error) {
      if (!isMongoError(error, 'duplicateKey')) throw error;
    }
  }

  /**
   * Raises the fence to `token`, unless it is higher already.
   *
   * @returns the fence after that
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
      // Another process wrote the fence after this transaction began. Within the transaction its token cannot be seen.
      const conflict = this.#session && isMongoError(error, 'writeConflict');
      const seen = conflict ? await this.#fences.findOne({ _id: this.#id }) : null;
      if (seen && seen.token > token) return fenceOf(seen);
      throw error;
    }
  }

  /** After an update that matched nothing: the fence is missing, is higher, or was inserted just now. */
  async #raiseUnmatched(token: number, raise: Raise): Promise<TargetFence> {
    const current = await this.fence();
    if (current) return current.token > token ? fenceOf(current) : this.raiseFence(token, raise);
    const raised = { token, witness: raise.witness ?? null };
    await this.#fences.insertOne({ _id: this.#id, ...this.#fresh(raised) }, this.#options);
    return raised;
  }

  #fresh(fence: TargetFence): Omit<FenceDocument, '_id'> {
    return { ...fence, writes: 0, version: this.#version };
  }

  get #options(): { readonly session?: mongo.ClientSession } {
    return this.#session ? { session: this.#session } : {};
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

/** Upgrades the collections of a target system by one version. It may run twice, or in two processes at once, with the same result. */
export type MarkerUpgrade = (db: mongo.Db, names: MarkerNames) => Promise<void>;

/** The first upgrades from version 1 to 2, and so on. The last one leads to the version that this code writes. */
export const MARKER_UPGRADES: readonly MarkerUpgrade[] = [];

/** What an upgrade works with. */
interface UpgradeParts extends MarkerCollections {
  readonly upgrades: readonly MarkerUpgrade[];
}

/**
 * Upgrades collections of an older version, one version after the other, for all chains in them.
 *
 * @throws TargetSystemError when a newer version of this library has upgraded them
 */
export async function upgradeMarkers(
  db: mongo.Db,
  { targetId, names, upgrades }: UpgradeParts,
): Promise<void> {
  const known = upgrades.length + 1;
  const fences = db.collection<FenceDocument>(names.fenceCollection, COLLECTION_OPTIONS);
  const others = await fences.find({ token: { $exists: true }, version: { $ne: known } }).toArray();
  const versions = others.map(({ version }) => version);
  if (!versions.length) return;
  const newest = Math.max(...versions);
  if (newest > known) throw newerMarkers({ targetId, names }, newest, known);
  for (let version = Math.min(...versions); version < known; version++) {
    await upgrades[version - 1]?.(db, names);
    await fences.updateMany({ version }, { $set: { version: version + 1 } });
  }
}
