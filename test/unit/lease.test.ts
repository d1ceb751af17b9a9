import { describe, expect, it } from '@jest/globals';
import { holdLease, type Lease, leaseDeadline } from '../../lib/core/engine/lease.js';
import type { AuditStore, Fence, Settled } from '../../lib/core/model/audit-store.js';
import { LockLostError } from '../../lib/core/model/errors.js';
import { ManualClock } from './manual-clock.js';

const FENCE: Fence = {
  storeId: '0'.repeat(32),
  namespace: 'default',
  token: 7,
  holder: 'execution-1',
  leaseMs: 30_000,
};
const SETTLED = { seq: 3, digests: ['a digest'] };

/** Answers `renew` as the test says and notes what it was asked. */
class LeaseRecord implements Pick<AuditStore, 'renew' | 'release'> {
  readonly asked: string[] = [];
  answer: () => Promise<boolean> = () => Promise.resolve(true);

  renew(): Promise<boolean> {
    this.asked.push('renew');
    return this.answer();
  }

  release({ token }: Fence, settled?: Settled): Promise<void> {
    this.asked.push(`release ${token}, settled to ${settled?.seq}`);
    return Promise.resolve();
  }
}

interface Held {
  readonly clock: ManualClock;
  readonly record: LeaseRecord;
  readonly lease: Lease;
  readonly end: () => void;
  readonly held: Promise<void>;
}

async function hold(): Promise<Held> {
  const clock = new ManualClock();
  const record = new LeaseRecord();
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  let take: (lease: Lease) => void = () => undefined;
  const taken = new Promise<Lease>((resolve) => (take = resolve));
  const store = record as Pick<AuditStore, 'renew' | 'release'> as AuditStore;
  const held = holdLease(store, clock, FENCE, leaseDeadline(clock, FENCE.leaseMs), (lease) => {
    take(lease);
    return ended.then(() => ({ result: undefined, settled: SETTLED }));
  });
  return { clock, record, lease: await taken, end, held };
}

describe('holdLease', () => {
  it('renews at a third of the lease and releases at the end', async () => {
    const { clock, record, lease, end, held } = await hold();
    await clock.pass(95_000);
    expect(record.asked).toEqual(Array.from({ length: 9 }, () => 'renew'));
    expect(() => lease.guard()).not.toThrow();
    end();
    await held;
    expect(record.asked.at(-1)).toBe('release 7, settled to 3');
  });

  it('is lost at once when the store says that another holds it', async () => {
    const { clock, record, lease, end, held } = await hold();
    record.answer = () => Promise.resolve(false);
    await clock.pass(10_000);
    expect(lease.signal.reason).toBeInstanceOf(LockLostError);
    expect(() => lease.guard()).toThrow(/fencing token 7.*another process took it/);
    end();
    await held;
  });

  it('bears failing renewals as long as its time is not over', async () => {
    const { clock, record, lease, end, held } = await hold();
    record.answer = () => Promise.reject(new Error('connection refused'));
    await clock.pass(20_000);
    expect(() => lease.guard()).not.toThrow();
    record.answer = () => Promise.resolve(true);
    await clock.pass(20_000);
    expect(() => lease.guard()).not.toThrow();
    end();
    await held;
  });

  it('is lost when no renewal succeeded in time, a tenth of the lease before it ends', async () => {
    const { clock, record, lease, end, held } = await hold();
    record.answer = () => new Promise(() => undefined);
    await clock.pass(26_900);
    expect(() => lease.guard()).not.toThrow();
    await clock.pass(200);
    expect(() => lease.guard()).toThrow(/could not be renewed in time/);
    end();
    await clock.pass(30_000);
    await held;
  });

  it('is lost when the wall clock alone has moved on, as after a pause of the machine', async () => {
    const { clock, lease, end, held } = await hold();
    clock.wall += 60_000;
    expect(() => lease.guard()).toThrow(LockLostError);
    expect(lease.signal.aborted).toBe(true);
    end();
    await held;
  });

  it('is lost when the pauses of both clocks together are longer than the lease', async () => {
    const { clock, lease, end, held } = await hold();
    clock.wall += 18_000;
    expect(() => lease.guard()).not.toThrow();
    await clock.pass(9_500);
    clock.wall -= 9_500;
    expect(() => lease.guard()).toThrow(LockLostError);
    end();
    await held;
  });

  it('releases when the work fails, and hands its error on', async () => {
    const clock = new ManualClock();
    const record = new LeaseRecord();
    const store = record as Pick<AuditStore, 'renew' | 'release'> as AuditStore;
    const failing = holdLease(store, clock, FENCE, leaseDeadline(clock, 30_000), () =>
      Promise.reject(new Error('work failed')),
    );
    await expect(failing).rejects.toThrow('work failed');
    expect(record.asked).toEqual(['release 7, settled to undefined']);
  });
});
