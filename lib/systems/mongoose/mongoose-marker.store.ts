import type { mongo } from 'mongoose';
import { messageOf } from '../../core/error-text.js';
import { TargetSystemError } from '../../core/errors.js';
import type { ChainIdentity } from '../../core/audit-store.js';
import type { KnownFence, Marker, MarkerStore, TargetFence } from '../../core/target-system.js';
import type { KnownConnection } from './attempt-clients.js';
import { blockingSession, type BlockingSession, endCommand } from './blocking-session.js';
import { databaseOf } from './database.js';
import { MarkerDocuments, type MarkerNames } from './marker-documents.js';
import { MARKER_UPGRADES, upgradeMarkers } from './marker-upgrades.js';
import { isMongoError } from './mongo-errors.js';
import { createCollection } from './open-collections.js';
import { endFormer, removeNote } from './open-note.js';
import { type OpenTransaction, sessionIdOf } from './open-transaction.js';
import { asOwn } from './own-context.js';
import { inOwnTransaction } from './own-transaction.js';

/** What a marker store works with. */
export interface MarkerStoreParts {
  readonly targetId: string;
  readonly known: KnownConnection;
  readonly names: MarkerNames;
  readonly createTables: boolean;
  /** How long to wait for a transaction that is in the way, in milliseconds. */
  readonly lockWaitMs: number;
  /** @default those that there are */
  readonly upgrades?: typeof MARKER_UPGRADES;
}

/** The markers and the fence of one chain in a MongoDB database. */
export class MongooseMarkerStore implements MarkerStore {
  constructor(
    private readonly parts: MarkerStoreParts,
    private readonly chain: ChainIdentity,
  ) {}

  open(): Promise<void> {
    return this.#run(async (documents, db) => {
      const { targetId, names, upgrades = MARKER_UPGRADES } = this.parts;
      await upgradeMarkers(db, { targetId, names, upgrades });
      if (await documents.fence()) return;
      if (this.parts.createTables) await this.#create(db);
      await documents.insertFence();
    });
  }

  raiseFence(token: number): Promise<TargetFence> {
    return this.#run(async (documents, db) => {
      const maxTimeMS = this.parts.lockWaitMs;
      const former = await endFormer(db, this.parts.names, this.chain, token);
      try {
        return await documents.raiseFence(token, { maxTimeMS });
      } catch (error) {
        // Another one has just inserted the document.
        if (isMongoError(error, 'duplicateKey')) return documents.raiseFence(token, { maxTimeMS });
        throw isMongoError(error, 'maxTimeExpired')
          ? await this.#waitedTooLong(db.client, error, former)
          : error;
      }
    });
  }

  read(): Promise<readonly Marker[]> {
    return this.#run((documents) => documents.read());
  }

  async remove(changeIds: readonly string[], token: number): Promise<void> {
    if (!changeIds.length) return;
    const { known, names, lockWaitMs } = this.parts;
    const db = await databaseOf(known.connection);
    if (!(await this.read()).some(({ changeId }) => changeIds.includes(changeId))) return;
    await inOwnTransaction(known.connection, lockWaitMs, async (session) => {
      const documents = new MarkerDocuments(db, names, this.chain, session);
      const current = (await documents.fence())?.token ?? 0;
      if (current > token || (await documents.raiseFence(current)).token > current) return;
      await documents.removeAll(changeIds);
    });
  }

  fences(): Promise<readonly KnownFence[]> {
    return this.#run((documents) => documents.fences());
  }

  async forget(): Promise<void> {
    const { known, names, lockWaitMs } = this.parts;
    const db = await databaseOf(known.connection);
    await inOwnTransaction(known.connection, lockWaitMs, (session) =>
      new MarkerDocuments(db, names, this.chain, session).forget(),
    );
    await asOwn(() => removeNote(db, names, this.chain));
  }

  async #run<T>(work: (documents: MarkerDocuments, db: mongo.Db) => Promise<T>): Promise<T> {
    const { known, names, upgrades = MARKER_UPGRADES } = this.parts;
    const db = await databaseOf(known.connection);
    const version = upgrades.length + 1;
    return asOwn(() => work(new MarkerDocuments(db, names, this.chain, undefined, version), db));
  }

  async #create(db: mongo.Db): Promise<void> {
    const { markerCollection, fenceCollection } = this.parts.names;
    try {
      for (const name of [markerCollection, fenceCollection]) await createCollection(db, name);
    } catch (error) {
      throw new TargetSystemError(
        `The collections ${markerCollection} and ${fenceCollection} of target system '${this.parts.targetId}' cannot be created: ${messageOf(error)}`,
        {
          cause: error,
          fix: [
            `let a database administrator run in mongosh: db.createCollection('${markerCollection}'); db.createCollection('${fenceCollection}')`,
            "grant the app's user find, insert, update and remove on both",
          ],
        },
      );
    }
  }

  async #waitedTooLong(
    client: mongo.MongoClient,
    cause: unknown,
    former: OpenTransaction | undefined,
  ): Promise<TargetSystemError> {
    const { targetId, lockWaitMs, names } = this.parts;
    const blocker = (await blockingSession(client)) ?? (former && notedSession(former));
    const who = blocker?.description ?? 'a session that MongoDB does not name to this user';
    return new TargetSystemError(
      `The fence of target system '${targetId}' (namespace '${this.chain.namespace}', collection ${names.fenceCollection}) has been locked for ${lockWaitMs} ms by ${who}.`,
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

/** An earlier process has noted it, and this user can neither see nor end it. */
function notedSession(former: OpenTransaction): BlockingSession {
  const id = sessionIdOf(former);
  return {
    description: `session ${id}, most likely: in it an earlier process, of another user, has last changed this target system`,
    end: endCommand(id),
  };
}
