import type { ClientSession, Connection, Model, mongo } from 'mongoose';
import type { Clients, ClientToken } from 'nestjs-flamingock/kit';
import type { Effect } from 'nestjs-flamingock/testing';
import type { MongooseModule } from './connections.js';

/** The documents in which the effects of test changes are. */
export interface EffectDocument {
  name: string;
}

/** The model as an app registers it with its connection. */
export function effectModel(connection: Connection): Model<EffectDocument> {
  if (connection.modelNames().includes('Effect')) return connection.model<EffectDocument>('Effect');
  const { Schema } = connection.base as MongooseModule;
  const options = { collection: 'effect', autoCreate: false, autoIndex: false } as const;
  return connection.model<EffectDocument>(
    'Effect',
    new Schema<EffectDocument>({ name: { type: String } }, options),
  );
}

/** The names of all effects that everybody sees. */
export async function effectNames(connection: Connection): Promise<string[]> {
  const documents = await connection.collection<EffectDocument>('effect').find().toArray();
  return documents.map(({ name }) => name);
}

/** The client under a token. */
export function clientOf<T>(clients: Clients, token: ClientToken): T {
  const found = clients.find((client) => client.token === token);
  if (!found) throw new Error(`no client ${String(token)}`);
  return found.instance as T;
}

export const connectionOf = (clients: Clients): Connection => clients[0].instance as Connection;
export const modelOf = (clients: Clients) => clientOf<Model<EffectDocument>>(clients, 'EffectModel');
export const sessionOf = (clients: Clients) => clientOf<ClientSession>(clients, 'ClientSession');
export const dbOf = (clients: Clients) => clientOf<mongo.Db>(clients, 'Db');

/** Ways to bring an effect about, by name: none of them passes a session. */
export const EFFECTS: Readonly<Record<string, Effect>> = {
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
    const client = clientOf<mongo.MongoClient>(clients, 'MongoClient');
    await client.db(connectionOf(clients).name).collection('effect').insertOne({ name });
  },
};
