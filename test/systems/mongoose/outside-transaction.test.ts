import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AsyncLocalStorage } from 'node:async_hooks';
import { OutsideTransactionError } from 'nestjs-flamingock';
import { type Bench, createBench } from './support/bench.js';
import { connectionOf } from './support/effects.js';

/** What a change may do with what was injected in its constructor; each forgets the session. */
const FORGETFUL: Readonly<Record<string, readonly [string, (bench: Bench) => Promise<unknown>]>> = {
  'Model.create': ['insert', ({ Effects }) => Effects.create({ name: 'x' })],
  'Model.insertMany': ['insert', ({ Effects }) => Effects.insertMany([{ name: 'x' }])],
  'Model.bulkWrite': [
    'insert',
    ({ Effects }) => Effects.bulkWrite([{ insertOne: { document: { name: 'x' } } }]),
  ],
  'Model.updateMany': ['update', ({ Effects }) => Effects.updateMany({}, { name: 'x' })],
  'Model.deleteMany': ['delete', ({ Effects }) => Effects.deleteMany({})],
  'Model.findOneAndUpdate': [
    'findAndModify',
    ({ Effects }) => Effects.findOneAndUpdate({ name: 'before' }, { name: 'x' }),
  ],
  'Model.find, which only reads': ['find', ({ Effects }) => Effects.find()],
  'Model.aggregate': ['aggregate', ({ Effects }) => Effects.aggregate([{ $match: {} }])],
  'a cursor': ['find', ({ Effects }) => Effects.find().cursor().next()],
  'save of a document': ['insert', ({ Effects }) => new Effects({ name: 'x' }).save()],
  'connection.collection': [
    'insert',
    ({ connection }) => connection.collection('effect').insertOne({ name: 'x' }),
  ],
  'the native Db': [
    'insert',
    ({ connection }) => connection.db!.collection('effect').insertOne({ name: 'x' }),
  ],
  'a native bulkWrite': [
    'insert',
    ({ connection }) =>
      connection.db!.collection('effect').bulkWrite([{ insertOne: { document: { name: 'x' } } }]),
  ],
  'the MongoClient': [
    'insert',
    ({ connection }) =>
      connection.getClient().db(connection.name).collection('effect').insertOne({ name: 'x' }),
  ],
  'a transaction of its own': [
    'insert',
    ({ connection, Effects }) =>
      connection.transaction(async (session) => void (await Effects.create([{ name: 'x' }], { session }))),
  ],
  'a command': ['drop', ({ connection }) => connection.db!.command({ drop: 'effect' })],
};

describe.each([9, 8] as const)('what goes around the transaction, with Mongoose %d', (major) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await createBench(major);
  });
  afterAll(() => bench.drop());
  beforeEach(async () => {
    await bench.Effects.deleteMany({});
    await bench.Effects.create({ name: 'before' });
  });

  it.each(Object.entries(FORGETFUL))('%s is refused, and the change fails', async (_name, [command, act]) => {
    const leaking = bench.change(async (clients) => {
      await connectionOf(clients).collection('effect').insertOne({ name: 'with it' });
      await act(bench);
    });
    const error: unknown = await leaking.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OutsideTransactionError);
    expect(String(error)).toMatch(
      new RegExp(`'fill-catalog'.*'catalog'.*: ${command} ${bench.connection.name}`),
    );
    expect(String(error)).toContain("outsideTransaction: 'allow'");
    expect(await bench.effects()).toEqual(['before']);
  });

  it('fails the change even when it catches the error', async () => {
    const leaking = bench.change(() => bench.Effects.create({ name: 'x' }).catch(() => undefined));
    await expect(leaking).rejects.toThrow(OutsideTransactionError);
    expect(await bench.effects()).toEqual(['before']);
  });

  it("is let through with outsideTransaction: 'allow', and stays when the change fails", async () => {
    const failing = bench.change(
      async () => {
        await bench.Effects.create({ name: 'x' });
        throw new Error('the change failed');
      },
      { outsideTransaction: 'allow' },
    );
    await expect(failing).rejects.toThrow('the change failed');
    expect(await bench.effects()).toEqual(['before', 'x']);
  });

  it('leaves the rest of the app alone, while a change runs and after it', async () => {
    // Called from within the change, but in a context of its own, as a request of somebody else would be.
    const elsewhere = AsyncLocalStorage.snapshot();
    await bench.change(async () => {
      await elsewhere(() => bench.Effects.create({ name: 'served' }));
      await elsewhere(() =>
        bench.connection.transaction(async (session) => {
          await bench.Effects.create([{ name: 'paid' }], { session });
        }),
      );
    });
    const client = bench.connection.getClient();
    expect(Object.hasOwn(client, 'startSession')).toBe(false);
    expect(Object.hasOwn(Reflect.get(client, 'topology') as object, 'selectServer')).toBe(false);
    expect(Reflect.get(bench.location.mongoose, 'transactionAsyncLocalStorage')).toBeUndefined();
    await bench.Effects.create({ name: 'later' });
    expect(await bench.effects()).toEqual(['before', 'later', 'paid', 'served']);
  });

  it('does not exist for models where the app has set transactionAsyncLocalStorage', async () => {
    bench.location.mongoose.set('transactionAsyncLocalStorage', true);
    try {
      const failing = bench.change(async () => {
        await bench.Effects.create({ name: 'x' });
        expect(await bench.Effects.countDocuments({ name: 'x' })).toBe(1);
        throw new Error('the change failed');
      });
      await expect(failing).rejects.toThrow('the change failed');
      expect(await bench.effects()).toEqual(['before']);
      await bench.change(() => bench.Effects.create({ name: 'x' }));
      expect(await bench.effects()).toEqual(['before', 'x']);
    } finally {
      bench.location.mongoose.set('transactionAsyncLocalStorage', false);
    }
  });
});
