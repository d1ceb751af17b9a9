import type { mongo } from 'mongoose';
import { messageOf } from '../../core/error-text.js';
import { TargetSystemError } from '../../core/errors.js';
import type { Marker, MarkerStore } from '../../core/target-system.js';
import type { KnownConnection } from './attempt-clients.js';
import { blockingSession } from './blocking-session.js';
import { databaseOf } from './database.js';
import { MarkerDocuments, type MarkerNames } from './marker-documents.js';
import { isMongoError } from './mongo-errors.js';
import { createCollection } from './open-collections.js';
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
}

/** The markers and the fence of one namespace in a MongoDB database. */
export class MongooseMarkerStore implements MarkerStore {
  constructor(
    private readonly parts: MarkerStoreParts,
    private readonly namespace: string,
  ) {}

  open(): Promise<void> {
    return this.#run(async (documents, db) => {
      if ((await documents.fence()) !== undefined) return;
      if (this.parts.createTables) await this.#create(db);
      await documents.insertFence();
    });
  }

  raiseFence(token: number): Promise<boolean> {
    return this.#run(async (documents, db) => {
      try {
        return await documents.raiseFence(token, this.parts.lockWaitMs);
      } catch (error) {
        // Another one has just inserted the document.
        if (isMongoError(error, 'duplicateKey')) return documents.raiseFence(token, this.parts.lockWaitMs);
        throw isMongoError(error, 'maxTimeExpired') ? await this.#waitedTooLong(db.client, error) : error;
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
      const documents = new MarkerDocuments(db, names, this.namespace, session);
      const current = (await documents.fence()) ?? 0;
      if (current <= token && (await documents.raiseFence(current))) await documents.removeAll(changeIds);
    });
  }

  async #run<T>(work: (documents: MarkerDocuments, db: mongo.Db) => Promise<T>): Promise<T> {
    const db = await databaseOf(this.parts.known.connection);
    return asOwn(() => work(new MarkerDocuments(db, this.parts.names, this.namespace), db));
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

  async #waitedTooLong(client: mongo.MongoClient, cause: unknown): Promise<TargetSystemError> {
    const { targetId, lockWaitMs, names } = this.parts;
    const blocker = await blockingSession(client);
    const who = blocker?.description ?? 'a session that MongoDB does not name to this user';
    return new TargetSystemError(
      `The fence of target system '${targetId}' (namespace '${this.namespace}', collection ${names.fenceCollection}) has been locked for ${lockWaitMs} ms by ${who}.`,
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
