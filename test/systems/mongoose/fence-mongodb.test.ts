import { AsyncLocalStorage } from 'node:async_hooks';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { mongo } from 'mongoose';
import { TargetSystemError } from 'nestjs-flamingock';
import type { AttemptScope } from '../../../lib/core/model/target-system.js';
import { sessionIdOf } from '../../../lib/systems/mongoose/guard/own-transaction.js';
import { type Bench, createBench } from './support/bench.js';
import { createMongoLocation } from './support/connections.js';
import { attemptScope, chainIn, WITNESS } from './support/scope.js';

const CHAIN = chainIn('default');

describe.each([9, 8] as const)('the fence of a MongoDB target system, with Mongoose %d', (major) => {
  let bench: Bench;
  const elsewhere = AsyncLocalStorage.snapshot();
  beforeAll(async () => {
    bench = await createBench(major);
  });
  afterAll(() => bench.drop());

  const idOf = (session: mongo.ClientSession): string => sessionIdOf({ session: session.id!.id });

  /** While a stranger on the same server has an older transaction open, which does nothing either. */
  async function besideStranger(collection: string, work: () => Promise<void>): Promise<void> {
    const location = await createMongoLocation(major);
    const connection = await location.open();
    await connection.createCollection(collection);
    const session = await connection.startSession();
    try {
      session.startTransaction();
      await connection.collection(collection).insertOne({ of: 'a stranger' }, { session });
      await work();
    } finally {
      await session.endSession();
      await location.drop();
    }
  }

  /** What raising the fence says while an attempt of this scope, stopped just before its commit, has it locked. */
  async function toldOfStopped(
    scope: AttemptScope,
  ): Promise<{ readonly text: string; readonly session: string }> {
    const markers = bench.target.markers(scope);
    await markers.open();
    let session = '';
    const stopped = bench.target.transaction(scope, async (transaction) => {
      session = idOf(transaction.session as mongo.ClientSession);
      await transaction.seal();
      expect(await transaction.raiseFence(2, WITNESS)).toBe(true);
      throw await elsewhere(() => markers.raiseFence(2)).catch((error: unknown) => error);
    });
    return { text: String(await stopped.catch((thrown: unknown) => thrown)), session };
  }

  it.each(['effect', 'flamingock_fence'])(
    'that a stopped process has locked: the error names no older session, which wrote %s in another database',
    (collection) =>
      besideStranger(collection, async () => {
        const { text, session } = await toldOfStopped(attemptScope(chainIn(`beside-${collection}`)));
        expect(text).toContain(`has been locked for 1000 ms by session ${session} of `);
        expect(text).toContain(`killSessions: [{ id: UUID('${session}')`);
      }),
  );

  it('that a stopped process has locked: the error names no older session, which has locked the fence of another chain', async () => {
    const older = attemptScope(chainIn('older'));
    await bench.target.markers(older).open();
    await bench.target.transaction(older, async (other) => {
      await other.seal();
      expect(await other.raiseFence(1, WITNESS)).toBe(true);
      const { text, session } = await elsewhere(() =>
        toldOfStopped(attemptScope({ ...chainIn('beside'), token: 2 })),
      );
      expect(text).toContain(`has been locked for 1000 ms by session ${session} of `);
    });
  });

  it('that a stopped process has locked: the error names its session and what ends it', async () => {
    const zombie = bench.target.transaction(attemptScope(), async (transaction) => {
      await transaction.seal();
      expect(await transaction.raiseFence(1, WITNESS)).toBe(true);
      const error: unknown = await bench.target
        .markers(CHAIN)
        .raiseFence(2)
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(TargetSystemError);
      const text = String(error);
      expect(text).toContain("target system 'catalog' (namespace 'default', collection flamingock_fence)");
      expect(text).toMatch(/has been locked for 1000 ms by session [0-9a-f-]+/);
      const [, id = ''] = /killSessions: \[\{ id: UUID\('([0-9a-f-]+)'\)/.exec(text) ?? [];
      const { UUID } = bench.connection.base.mongo;
      const command = { killSessions: [{ id: new UUID(id) }] };
      await elsewhere(() => bench.connection.getClient().db('admin').command(command));
      expect(await bench.target.markers(CHAIN).raiseFence(2)).toEqual({ token: 2, witness: null });
      throw new Error('the zombie was ended');
    });
    await expect(zombie).rejects.toThrow('the zombie was ended');
  });

  it('that a holder of an older token has locked: his transaction is ended, and that of one’s own is not', async () => {
    const chain = chainIn(`ended-${major}`);
    const markers = bench.target.markers(chain);
    await markers.open();
    const locked = (token: number, work: () => Promise<unknown>): Promise<unknown> =>
      bench.target
        .transaction(attemptScope({ ...chain, token }), async (transaction) => {
          await transaction.seal();
          expect(await transaction.raiseFence(token, WITNESS)).toBe(true);
          throw await elsewhere(work).catch((error: unknown) => error);
        })
        .catch((thrown: unknown) => thrown);
    expect(await locked(1, () => markers.raiseFence(2))).toEqual({ token: 2, witness: null });
    expect(String(await locked(2, () => markers.raiseFence(2)))).toContain('has been locked for 1000 ms');
    // A zombie: the note of the newer holder stays.
    let zombies = 0;
    await locked(2, () => bench.change(async () => void (zombies += 1), { ...chain, token: 1 }));
    expect(zombies).toBe(1);
    expect(String(await locked(2, () => markers.raiseFence(2)))).toContain('has been locked for 1000 ms');
    expect(await markers.raiseFence(2)).toEqual({ token: 2, witness: null });
  });

  it('is raised before anybody has opened it', async () => {
    const markers = bench.target.markers(chainIn(`unopened-${major}`));
    const raised = { token: 1, witness: null };
    const four = await Promise.all([1, 1, 1, 1].map((token) => markers.raiseFence(token)));
    expect(four).toEqual([raised, raised, raised, raised]);
    expect(await markers.raiseFence(0)).toEqual(raised);
  });
});
