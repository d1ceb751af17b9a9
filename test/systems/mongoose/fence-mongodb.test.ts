import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AsyncLocalStorage } from 'node:async_hooks';
import { TargetSystemError } from 'nestjs-flamingock';
import { type Bench, createBench } from './support/bench.js';
import { attemptScope, chainIn, WITNESS } from './support/scope.js';

const CHAIN = chainIn('default');

describe.each([9, 8] as const)('the fence of a MongoDB target system, with Mongoose %d', (major) => {
  let bench: Bench;
  const elsewhere = AsyncLocalStorage.snapshot();
  beforeAll(async () => {
    bench = await createBench(major);
  });
  afterAll(() => bench.drop());

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
