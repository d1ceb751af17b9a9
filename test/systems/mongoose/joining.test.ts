import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Model, mongo } from 'mongoose';
import { TargetSystemError } from 'nestjs-flamingock';
import type { Clients } from 'nestjs-flamingock/kit';
import { type Bench, createBench } from './support/bench.js';
import { clientOf, connectionOf, dbOf, type EffectDocument, modelOf, sessionOf } from './support/effects.js';

/** Reads and writes through clients of the attempt, none of which is given the session; each tells what it has read. */
const READING: Readonly<Record<string, (clients: Clients) => Promise<unknown>>> = {
  'a query': async (clients) => (await modelOf(clients).find({ name: 'x' })).map(({ name }) => name),
  'a query that is put together': async (clients) =>
    (await modelOf(clients).find().where('name').equals('x').sort({ name: 1 }).lean().exec()).map(
      ({ name }) => name,
    ),
  'an aggregation': async (clients) =>
    (await modelOf(clients).aggregate<EffectDocument>([{ $match: { name: 'x' } }])).map(({ name }) => name),
  'a distinct': (clients) => modelOf(clients).distinct('name', { name: 'x' }),
  'a cursor of a model': async (clients) => {
    const names = [];
    for await (const { name } of modelOf(clients).find({ name: 'x' }).cursor()) names.push(name);
    return names;
  },
  'a native cursor': async (clients) => {
    const names = [];
    for await (const { name } of dbOf(clients).collection('effect').find({ name: 'x' })) names.push(name);
    return names;
  },
  'a native cursor, as an array': async (clients) =>
    (await connectionOf(clients).collection('effect').find({ name: 'x' }).toArray()).map(({ name }) => name),
  'a model among those of the connection': async (clients) =>
    (await connectionOf(clients).models.Effect!.find({ name: 'x' })).map(({ name }) => name as string),
  'another database of the client': async (clients) => {
    const other = connectionOf(clients).useDb(connectionOf(clients).name);
    return (await other.collection('effect').find({ name: 'x' }).toArray()).map(({ name }) => name);
  },
};

describe.each([9, 8] as const)('clients of an attempt, with Mongoose %d', (major) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await createBench(major, { w: 'majority', readConcernLevel: 'majority', maxPoolSize: 10 });
  });
  afterAll(() => bench.drop());
  beforeEach(async () => void (await bench.Effects.deleteMany({})));

  it.each(Object.entries(READING))('%s sees what the transaction has written', async (_name, read) => {
    let seen: unknown;
    const failing = bench.change(async (clients) => {
      await modelOf(clients).create({ name: 'x' });
      seen = await read(clients);
      throw new Error('the change failed');
    });
    await expect(failing).rejects.toThrow('the change failed');
    expect(seen).toEqual(['x']);
    expect(await bench.effects()).toEqual([]);
  });

  it('documents that were read, created or inserted save themselves within the transaction', async () => {
    await bench.Effects.create({ name: 'read' });
    const failing = bench.change(async (clients) => {
      const Effects = modelOf(clients);
      const [inserted] = await Effects.insertMany([{ name: 'inserted' }]);
      const documents = [
        await Effects.findOne({ name: 'read' }),
        await Effects.create({ name: 'new' }),
        inserted,
      ];
      for (const document of documents) await document?.set('name', `${document.name} again`).save();
      expect(await Effects.countDocuments({ name: / again$/ })).toBe(3);
      throw new Error('the change failed');
    });
    await expect(failing).rejects.toThrow('the change failed');
    expect(await bench.effects()).toEqual(['read']);
  });

  it('methods of documents are part of the transaction', async () => {
    await bench.Effects.create([{ name: 'a' }, { name: 'b' }, { name: 'c' }]);
    const failing = bench.change(async (clients) => {
      const [a, b, c] = await modelOf(clients).find().sort({ name: 1 });
      await a?.deleteOne();
      await b?.updateOne({ name: 'b again' });
      await c?.set('name', 'c again').save();
      expect(await modelOf(clients).distinct('name')).toEqual(['b again', 'c again']);
      throw new Error('the change failed');
    });
    await expect(failing).rejects.toThrow('the change failed');
    expect(await bench.effects()).toEqual(['a', 'b', 'c']);
  });

  it('a statement that is not over when the change fails is ended at the server', async () => {
    await bench.Effects.insertMany([{ name: 'a' }, { name: 'b' }]);
    const start = performance.now();
    const failing = bench.change(async (clients) => {
      const slowly = '() => { for (let end = Date.now() + 15000; Date.now() < end; ); return true; }';
      void modelOf(clients)
        .findOne({ $expr: { $function: { body: slowly, args: [], lang: 'js' } } })
        .exec()
        .catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 200));
      throw new Error('the change failed');
    });
    await expect(failing).rejects.toThrow('the change failed');
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it('operations that are started at once go to the server one after the other', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `n${index + 10}`);
    await bench.change((clients) =>
      Promise.all(
        names.flatMap((name) => [
          modelOf(clients).create({ name }),
          dbOf(clients).collection('effect').findOne({ name }),
          bench.Effects.create([{ name: `${name} with the session` }], { session: sessionOf(clients) }),
        ]),
      ),
    );
    expect(await bench.effects()).toHaveLength(40);
  });

  it('the session cannot be ended, nor its transaction, nor the connection be closed', async () => {
    await bench.change(async (clients) => {
      const session = sessionOf(clients);
      const connection = connectionOf(clients);
      const client = clientOf<mongo.MongoClient>(clients, 'MongoClient');
      const calls: Readonly<Record<string, () => unknown>> = {
        'session.commitTransaction()': () => session.commitTransaction(),
        'session.abortTransaction()': () => session.abortTransaction(),
        'session.endSession()': () => session.endSession(),
        'session.withTransaction()': () => session.withTransaction(async () => undefined),
        'Connection.close()': () => connection.close(),
        'MongoClient.close()': () => client.close(),
      };
      for (const [name, call] of Object.entries(calls))
        await expect(async () => call()).rejects.toThrow(`'fill-catalog' called ${name}`);
      await modelOf(clients).create({ name: 'x' });
    });
    expect(await bench.effects()).toEqual(['x']);
    expect(bench.connection.readyState).toBe(1);
  });

  it.each<[string, (clients: Clients) => Promise<unknown>]>([
    ['dropCollection', (clients) => connectionOf(clients).dropCollection('effect')],
    ['createIndex', (clients) => dbOf(clients).collection('effect').createIndex({ name: 1 })],
    ['listCollections', (clients) => connectionOf(clients).listCollections()],
    ['rename', (clients) => dbOf(clients).collection('effect').rename('renamed')],
    ['collMod', (clients) => dbOf(clients).command({ collMod: 'effect', validator: {} })],
    ['syncIndexes of a model', (clients) => modelOf(clients).syncIndexes()],
  ])('%s, which MongoDB refuses in a transaction: the error says what to do', async (_name, ddl) => {
    await bench.Effects.create({ name: 'before' });
    const error: unknown = await bench.change(ddl).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TargetSystemError);
    expect(String(error)).toMatch(
      new RegExp(`does not do this within a transaction.*(${bench.connection.name}|renameCollection admin)`),
    );
    expect(String(error)).toContain('transactional: false');
    expect(await bench.effects()).toEqual(['before']);
  });

  it('a collection can be created, with an index, and filled', async () => {
    await bench.change(async (clients) => {
      const collection = await dbOf(clients).createCollection(`fresh${major}`);
      await collection.createIndex({ name: 1 }, { unique: true });
      await collection.insertOne({ name: 'x' });
    });
    expect(await bench.connection.collection(`fresh${major}`).countDocuments()).toBe(1);
    expect(await bench.connection.collection(`fresh${major}`).indexes()).toHaveLength(2);
  });

  it('an error that the change catches has given up the transaction, and the change fails', async () => {
    await bench.connection.collection('one').createIndex({ name: 1 }, { unique: true });
    await bench.connection.collection('one').deleteMany({});
    const swallowing = bench.change(async (clients) => {
      const one = connectionOf(clients).collection('one');
      await one.insertOne({ name: 'x' });
      await one.insertOne({ name: 'x' }).catch(() => undefined);
    });
    await expect(swallowing).rejects.toThrow(/the change caught its error.*insert .*\.one/);
    expect(await bench.connection.collection('one').countDocuments()).toBe(0);
  });

  it('are real: instances of their classes, with the statics and hooks of a model', async () => {
    await bench.change(async (clients) => {
      const Effects: Model<EffectDocument> = modelOf(clients);
      const document = new Effects({ name: 'x' });
      expect(document).toBeInstanceOf(bench.Effects);
      expect(document).toBeInstanceOf(Effects);
      expect(Effects.modelName).toBe('Effect');
      expect(Effects.schema).toBe(bench.Effects.schema);
      expect(connectionOf(clients).model('Effect')).toBe(Effects);
      expect(clientOf(clients, bench.connection.base.mongo.Db)).toBe(dbOf(clients));
    });
  });
});
