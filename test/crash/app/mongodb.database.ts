import mongoose from 'mongoose';
import { MongooseAuditStore, MongooseTargetSystem } from '../../../lib/systems/mongoose/index.js';
import type { Database } from './database.js';
import {
  CONTENDED_COLLECTION,
  documentEffects,
  EFFECTS_COLLECTION,
  type EffectDocument,
} from './document-effects.js';
import type { DatabaseSpec } from './messages.js';

type MongoDbSpec = Extract<DatabaseSpec, { readonly system: 'mongodb' }>;

export async function openMongoDb({ url, lockWait }: MongoDbSpec): Promise<Database> {
  const connection = await mongoose.createConnection(url, { maxPoolSize: 5 }).asPromise();
  return {
    store: (namespace) => new MongooseAuditStore(connection, { namespace }),
    target: (id) => new MongooseTargetSystem(id, connection, { lockWait }),
    prepare: async () => {
      for (const name of [EFFECTS_COLLECTION, CONTENDED_COLLECTION]) await connection.createCollection(name);
    },
    effects: documentEffects,
    left: async (namespace) => {
      const effects = connection.collection<EffectDocument>(EFFECTS_COLLECTION);
      const documents = await effects.find({ namespace }).toArray();
      return documents.map(({ changeId, part, attempt }) => `${changeId}/${part}#${attempt}`).sort();
    },
    close: () => connection.close(),
  };
}
