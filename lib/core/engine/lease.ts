import { type Deadline, deadlineIn, remaining } from '../kit/time-limits.js';
import type { AuditStore, Fence, Settled } from '../model/audit-store.js';
import type { Clock } from '../model/clock.js';
import { LockLostError } from '../model/errors.js';

/** The lease as its holder sees it. */
export interface Lease {
  readonly fence: Fence;
  /** Fires with a LockLostError as soon as the lease is lost or its time is over. */
  readonly signal: AbortSignal;
  /** @throws LockLostError when the lease is lost or its time is over. No I/O. */
  guard(): void;
  /** Tells the lease that the store said it is another's. @returns what to throw */
  lose(why: string): LockLostError;
}

/** The holder stops this part of a lease before its end, so that it stops before another holder begins. */
const MARGIN = 0.1;

/**
 * Does `work` while renewing the lease at a third of its length, and releases it at the end, with what `work` has settled.
 *
 * @param acquiredFrom - the deadline counted from before the acquisition was sent
 */
export async function holdLease<T>(
  store: AuditStore,
  clock: Clock,
  fence: Fence,
  acquiredFrom: Deadline,
  work: (lease: Lease) => Promise<{ readonly result: T; readonly settled?: Settled }>,
): Promise<T> {
  let settled: Settled | undefined;
  const done = new AbortController();
  const opened = openLease(clock, fence, acquiredFrom);
  const { lease } = opened;
  const renewing = keepRenewing(store, clock, opened, done.signal);
  try {
    const worked = await work(lease);
    settled = worked.settled;
    return worked.result;
  } finally {
    done.abort();
    await renewing;
    await release(store, clock, fence, settled);
  }
}

/** The time at which a holder must stop unless it renews. Call it before the store is asked. */
export function leaseDeadline(clock: Clock, leaseMs: number): Deadline {
  return deadlineIn(clock, usable(leaseMs));
}

function usable(leaseMs: number): number {
  return leaseMs * (1 - MARGIN);
}

interface OpenLease {
  readonly lease: Lease;
  /** @returns how many milliseconds are left */
  readonly left: () => number;
  /** Moves the deadline by so many milliseconds. */
  readonly extend: (ms: number) => void;
}

function openLease(clock: Clock, fence: Fence, acquiredFrom: Deadline): OpenLease {
  const lost = new AbortController();
  let deadline = acquiredFrom;
  // What one clock has missed stays counted: in one pause of the machine this clock stands still, in the next one the other.
  const left = (): number => {
    const ms = remaining(clock, deadline);
    deadline = deadlineIn(clock, ms);
    return ms;
  };
  const lose = (why: string): LockLostError => {
    if (!lost.signal.aborted) lost.abort(lockLost(fence, why));
    return lost.signal.reason as LockLostError;
  };
  const guard = (): void => {
    if (lost.signal.aborted) throw lost.signal.reason;
    if (left() <= 0) throw lose('it could not be renewed in time');
  };
  const extend = (ms: number): void => void (deadline = deadlineIn(clock, left() + ms));
  return { lease: { fence, signal: lost.signal, guard, lose }, left, extend };
}

function lockLost({ token, holder }: Fence, why: string): LockLostError {
  return new LockLostError(
    `This process lost the lock (fencing token ${token}, execution ${holder}): ${why}. It has stopped.`,
    {
      fix: [
        'nothing, if another process is running the changes: it goes on from the audit',
        'a longer lock.lease, if this process was slow or paused',
      ],
    },
  );
}

async function keepRenewing(
  store: AuditStore,
  clock: Clock,
  { lease, left, extend }: OpenLease,
  done: AbortSignal,
): Promise<void> {
  const pause = lease.fence.leaseMs / 3;
  const ended = (): boolean => done.aborted || lease.signal.aborted;
  let wait = pause;
  while (!ended()) {
    await clock.sleep(Math.min(wait, Math.max(0, left())), done);
    if (ended()) return;
    const ms = left();
    const answer = ms <= 0 ? 'late' : await renewOnce(store, clock, lease.fence, ms, done);
    if (answer === 'renewed') extend(usable(lease.fence.leaseMs) - ms);
    if (answer === 'refused') lease.lose('another process took it');
    if (answer === 'late') lease.lose('it could not be renewed in time');
    wait = answer === 'failed' ? pause / 10 : pause;
  }
}

/** One renewal that takes no longer than the lease lasts. A failed one may be tried again while there is time. */
async function renewOnce(
  store: AuditStore,
  clock: Clock,
  fence: Fence,
  withinMs: number,
  done: AbortSignal,
): Promise<'renewed' | 'refused' | 'failed' | 'late'> {
  const answered = new AbortController();
  const answer = store.renew(fence).then(
    (renewed) => (renewed ? ('renewed' as const) : ('refused' as const)),
    () => 'failed' as const,
  );
  const late = clock.sleep(withinMs, AbortSignal.any([done, answered.signal])).then(() => 'late' as const);
  return Promise.race([answer, late]).finally(() => answered.abort());
}

/** A failed release is ignored: the lease expires by itself. */
async function release(store: AuditStore, clock: Clock, fence: Fence, settled?: Settled): Promise<void> {
  const answered = new AbortController();
  const released = store.release(fence, settled).catch(() => undefined);
  await Promise.race([released, clock.sleep(fence.leaseMs, answered.signal)]);
  answered.abort();
}
