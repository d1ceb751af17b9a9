import type { mongo } from 'mongoose';
import { laterHead } from '../../../core/kit/hash-chain.js';
import type { ChainHead } from '../../../core/model/audit-entry.js';
import type { ChainIdentity } from '../../../core/model/audit-store.js';
import { TargetSystemError } from '../../../core/model/errors.js';
import type { KnownFence, Marker, MarkerStore, TargetFence } from '../../../core/model/target-system.js';
import { databaseOf } from '../connection/database.js';
import { isAnswered, isMongoError } from '../connection/mongo-errors.js';
import type { KnownConnection } from '../guard/attempt-clients.js';
import { ownCall } from '../guard/client-hook.js';
import { inOwnTransaction, type OpenTransaction } from '../guard/own-transaction.js';
import { createCollection, isCreated } from '../store/open-collections.js';
import { blockingSession, notedSession } from './blocking-session.js';
import { MARKER_UPGRADES, MarkerDocuments, NO_FENCE, upgradeMarkers } from './marker-documents.js';
import { type MarkerCollections, markersMissing, markersRefused } from './marker-errors.js';
import { endFormer, notedOpen, removeNote } from './open-note.js';

/** What a marker store works with. */
export interface MarkerStoreParts extends MarkerCollections {
  readonly known: KnownConnection;
  readonly createTables: boolean;
  /** How long to wait for another transaction that blocks, in milliseconds. */
  readonly lockWaitMs: number;
  /** For tests. @default MARKER_UPGRADES */
  readonly upgrades?: typeof MARKER_UPGRADES;
}

/** The markers and the fence of one chain in a MongoDB database. */
export class MongooseMarkerStore implements MarkerStore {
  readonly #parts: MarkerStoreParts;
  readonly #chain: ChainIdentity;

  constructor(parts: MarkerStoreParts, chain: ChainIdentity) {
    this.#parts = parts;
    this.#chain = chain;
  }

  open(): Promise<void> {
    return this.#explained(async (documents, db) => {
      const { targetId, names, upgrades = MARKER_UPGRADES } = this.#parts;
      await upgradeMarkers(db, { targetId, names, upgrades });
      if (await documents.fence()) return;
      if (this.#parts.createTables) await this.#create(db);
      await documents.insertFence();
    });
  }

  raiseFence(token: number): Promise<TargetFence> {
    return this.#explained(async (documents, db) => {
      const maxTimeMS = this.#parts.lockWaitMs;
      const former = await endFormer(db, this.#parts.names, this.#chain, token);
      try {
        return await documents.raiseFence(token, { maxTimeMS });
      } catch (error) {
        // Another process has just inserted the fence.
        if (isMongoError(error, 'duplicateKey')) return documents.raiseFence(token, { maxTimeMS });
        throw isMongoError(error, 'maxTimeExpired') ? await this.#waitedTooLong(db, error, former) : error;
      }
    });
  }

  read(): Promise<readonly Marker[]> {
    return this.#run((documents) => documents.read());
  }

  async remove(changeIds: readonly string[], token: number, witness: ChainHead): Promise<void> {
    if (!changeIds.length) return;
    const { known, names, lockWaitMs } = this.#parts;
    const db = await databaseOf(known.connection);
    if (!(await this.read()).some(({ changeId }) => changeIds.includes(changeId))) return;
    await inOwnTransaction(known.connection, lockWaitMs, async (session) => {
      const documents = new MarkerDocuments(db, names, this.#chain, session);
      const current = (await documents.fence()) ?? NO_FENCE;
      const raise = { witness: laterHead(current.witness, witness) };
      if (current.token > token || (await documents.raiseFence(current.token, raise)).token > current.token)
        return;
      await documents.removeAll(changeIds);
    });
  }

  fences(): Promise<readonly KnownFence[]> {
    return this.#run((documents) => documents.fences());
  }

  async forget(): Promise<void> {
    const { known, names, lockWaitMs } = this.#parts;
    const db = await databaseOf(known.connection);
    await inOwnTransaction(known.connection, lockWaitMs, (session) =>
      new MarkerDocuments(db, names, this.#chain, session).forget(),
    );
    await ownCall(known.connection, () => removeNote(db, names, this.#chain));
  }

  async #run<T>(work: (documents: MarkerDocuments, db: mongo.Db) => Promise<T>): Promise<T> {
    const { known, names, upgrades = MARKER_UPGRADES } = this.#parts;
    const db = await databaseOf(known.connection);
    const version = upgrades.length + 1;
    return ownCall(known.connection, () =>
      work(new MarkerDocuments(db, names, this.#chain, undefined, version), db),
    );
  }

  /** As `#run`; explains errors by which the server refuses. */
  #explained<T>(work: (documents: MarkerDocuments, db: mongo.Db) => Promise<T>): Promise<T> {
    return this.#run((documents, db) =>
      work(documents, db).catch(async (error: unknown) => {
        const exist = isMongoError(error, 'unauthorized') && (await this.#areCreated(db));
        throw markersRefused(this.#parts, error, exist);
      }),
    );
  }

  async #create(db: mongo.Db): Promise<void> {
    const { markerCollection, fenceCollection } = this.#parts.names;
    try {
      for (const name of [markerCollection, fenceCollection]) await createCollection(db, name);
    } catch (error) {
      throw !isAnswered(error) || (await this.#areCreated(db)) ? error : markersMissing(this.#parts, error);
    }
  }

  /** True when both collections exist; false when the user has no right to find out. */
  async #areCreated(db: mongo.Db): Promise<boolean> {
    const { markerCollection, fenceCollection } = this.#parts.names;
    const created = [markerCollection, fenceCollection].map((name) => isCreated(db, name));
    return Promise.all(created).then(
      (answers) => answers.every(Boolean),
      () => false,
    );
  }

  async #waitedTooLong(
    db: mongo.Db,
    cause: unknown,
    former: OpenTransaction | undefined,
  ): Promise<TargetSystemError> {
    const { targetId, lockWaitMs, names } = this.#parts;
    const noted = await notedOpen(db, names, this.#chain);
    const blocker =
      (await blockingSession(db, names.fenceCollection, noted)) ?? (former && notedSession(former));
    const who = blocker?.description ?? 'a session that MongoDB does not name to this user';
    return new TargetSystemError(
      `The fence of target system '${targetId}' (namespace '${this.#chain.namespace}', collection ${names.fenceCollection}) has been locked for ${lockWaitMs} ms by ${who}.`,
      {
        cause,
        fix: [
          'it is probably a stopped process of this app just before its commit; let it go on, or end it',
          ...(blocker ? [`to end its session, in mongosh: ${blocker.end}`] : []),
          'then start again; or give the target system a longer lockWait',
        ],
      },
    );
  }
}
