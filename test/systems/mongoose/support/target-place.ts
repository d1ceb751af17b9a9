import mongoose, { type Connection, type Model, Schema } from 'mongoose';
import type { Clients, ClientToken, TransactionalTargetSystem } from 'nestjs-flamingock';
import { MongooseTargetSystem, type MongooseTargetSystemOptions } from 'nestjs-flamingock/mongoose';
import type { Effect, TransactionalTargetHarness } from 'nestjs-flamingock/testing';
import { createMongoPlace } from './connections.js';

/** The documents in which the effects of test changes are. */
export interface EffectDocument {
  readonly name: string;
}

const effectSchema = new Schema<EffectDocument>(
  { name: { type: String, required: true } },
  { collection: 'effect', autoCreate: false, autoIndex: false },
);

/** The model as an app registers it with its connection. */
export function effectModel(connection: Connection): Model<EffectDocument> {
  return connection.model<EffectDocument>('Effect', effectSchema);
}

/** The client under a token. */
export function clientOf<T>(clients: Clients, token: ClientToken): T {
  const found = clients.find((client) => client.token === token);
  if (!found) throw new Error(`no client ${String(token)}`);
  return found.instance as T;
}

export const connectionOf = (clients: Clients): Connection => clients[0].instance as Connection;
export const modelOf = (clients: Clients) => clientOf<Model<EffectDocument>>(clients, 'EffectModel');
export const sessionOf = (clients: Clients) => clientOf<mongoose.ClientSession>(clients, 'ClientSession');
export const dbOf = (clients: Clients) => clientOf<mongoose.mongo.Db>(clients, 'Db');

const connections = new WeakMap<object, Connection>();

const EFFECTS: Readonly<Record<string, Effect>> = {
  'collection of the Connection': async (clients, name) =>
    void (await connectionOf(clients).collection('effect').insertOne({ name })),
  'model of the Connection': async (clients, name) =>
    void (await connectionOf(clients).model<EffectDocument>('Effect').create({ name })),
  'create of a Model': async (clients, name) => void (await modelOf(clients).create({ name })),
  'save of a document': async (clients, name) => {
    const Effects = modelOf(clients);
    await new Effects({ name }).save();
  },
  'query of a Model': async (clients, name) =>
    void (await modelOf(clients).findOneAndUpdate({ name }, { name }, { upsert: true })),
  'bulkWrite of a Model': async (clients, name) =>
    void (await modelOf(clients).bulkWrite([{ insertOne: { document: { name } } }])),
  'native Db': async (clients, name) => void (await dbOf(clients).collection('effect').insertOne({ name })),
  'bulkWrite of a native collection': async (clients, name) =>
    void (await dbOf(clients)
      .collection('effect')
      .bulkWrite([{ insertOne: { document: { name } } }])),
  MongoClient: async (clients, name) => {
    const client = clientOf<mongoose.mongo.MongoClient>(clients, 'MongoClient');
    await client.db(connectionOf(clients).name).collection('effect').insertOne({ name });
  },
  'session with a Model that was injected': async (clients, name) => {
    const session = sessionOf(clients);
    const connection = connectionOfSession(session);
    await effectModel(connection).create([{ name }], { session });
  },
};

/** The app's own connection, as a constructor gets it. */
function connectionOfSession(session: mongoose.ClientSession): Connection {
  const connection = connections.get(Reflect.get(session, 'client') as object);
  if (!connection) throw new Error('no connection of this session');
  return connection;
}

export function targetHarness(options: MongooseTargetSystemOptions = {}): TransactionalTargetHarness {
  return {
    name: 'mongoose on MongoDB',
    transactional: true,
    concurrentWriters: true,
    effects: EFFECTS,
    outside: async (target: TransactionalTargetSystem, name: string) => {
      const connection = connections.get(target);
      if (connection) await effectModel(connection).create({ name });
    },
    createPlace: async () => {
      const place = createMongoPlace();
      const observer = await place.open();
      await observer.createCollection('effect');
      return {
        effects: async () =>
          (await observer.collection<EffectDocument>('effect').find().toArray()).map(({ name }) => name),
        drop: place.drop,
        connect: async () => {
          const connection = await place.open();
          effectModel(connection);
          const target = new MongooseTargetSystem('catalog', connection, { lockWait: '1s', ...options });
          connections.set(target, connection);
          connections.set(connection.getClient(), connection);
          return { target, close: () => connection.close() };
        },
      };
    },
  };
}
