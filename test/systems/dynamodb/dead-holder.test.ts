import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appendToChain, EMPTY_CHAIN } from '../../../lib/core/kit/hash-chain.js';
import type { PairLocation } from '../../../lib/testing/recovery/recovery.pair.js';
import { Replica } from '../../../lib/testing/recovery/replica.js';
import { changeWith, draftWith } from '../../unit/values.js';
import { dynamoFilePair } from './support/dynamo-pair.js';

const CHANGE = changeWith({ id: 'c1', targetSystem: 'config' });
const DECISION = { changeId: 'c1', as: 'rolled-back', reason: 'the file was not there' } as const;

// DynamoDB tells no time: a process that comes to a lease does not know at first whether its holder lives.
describe('a process that has just started, and an attempt whose process holds the lease', () => {
  let location: PairLocation;
  beforeAll(async () => {
    location = await dynamoFilePair().createLocation();
  });
  afterAll(() => location?.drop());

  const start = async (namespace: string): Promise<Replica> =>
    new Replica(await location.connect(namespace), 'ops-1');

  /** A process that is at work on the change. @returns how it renews its lease */
  async function holdOn(namespace: string, leaseMs: number): Promise<() => Promise<boolean>> {
    const { store } = await location.connect(namespace);
    await store.open();
    const taken = await store.acquire({ holder: 'its-run', host: 'web-1', leaseMs });
    assert.ok(taken);
    const fence = { ...taken, namespace, holder: 'its-run', leaseMs };
    const { id: changeId, targetSystem } = CHANGE;
    const started = draftWith({ changeId, targetSystem, executionId: 'its-run', host: 'web-1' });
    await store.append(appendToChain(EMPTY_CHAIN, [started]), fence);
    return () => store.renew(fence);
  }

  it('says that the attempt may be under way, waits for the lease, and has the person look again', async () => {
    await holdOn('dead', 1_000);
    const first = await start('dead');
    const [issue] = await first.issues([CHANGE]);
    expect(issue).toMatchObject({ changeId: 'c1', liveness: 'unknown' });
    expect(issue?.guidance[0]).toMatch(/^wait: attempt 1 may be under way on web-1/);
    const lock = { leaseMs: 1_000, waitMs: 0, retryMs: 20 };
    await expect(first.resolve([CHANGE], DECISION, { lock })).rejects.toThrow(
      /nothing to resolve about 'c1' yet: attempt 1 may have been under way on web-1[^]*look at the target system again/,
    );

    const second = await start('dead');
    const [now] = await second.issues([CHANGE]);
    expect(now?.liveness).toBeUndefined();
    const { state } = await second.resolve([CHANGE], DECISION);
    expect(state).toBe('MANUAL_MARKED_AS_ROLLED_BACK');
  });

  it('refuses as soon as it sees that the holder lives, and names it', async () => {
    const renew = await holdOn('alive', 600_000);
    const process = await start('alive');
    expect(await process.issues([CHANGE])).toHaveLength(1);
    const resolving = process.resolve([CHANGE], DECISION);
    await renew();
    await expect(resolving).rejects.toThrow(/'c1' yet: attempt 1 is under way on web-1/);
    expect(await process.issues([CHANGE])).toEqual([]);
  });
});
