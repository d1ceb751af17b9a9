import { inTime } from '../kit/time-limits.js';
import type { Settled } from '../model/audit-store.js';
import type { EngineSettings, RunRequest } from '../model/settings.js';
import { isTransactional } from '../model/strategy.js';
import { acquireLease } from './acquire-lease.js';
import { AuditWriter } from './audit-writer.js';
import { type Execution, SettledMarkers } from './execute/execution.js';
import type { Operation } from './execute/operation.js';
import { holdLease, type Lease } from './lease.js';
import { plan, type PlannedState } from './plan.js';
import { type FencedState, type FencedWork, raiseFences } from './raise-fences.js';
import { readState } from './read-state.js';

/** The result of a piece of work, and what it settled for the next run. */
export interface Worked<T> {
  readonly result: T;
  readonly settled?: Settled;
}

/** A piece of work that needs the lease. */
export interface LeasedWork<T> extends FencedWork {
  readonly operation: Operation;
  /** True when there is nothing to do, so that the lease is not needed. */
  readonly isIdle: (seen: PlannedState) => boolean;
  readonly work: (execution: Execution, seen: FencedState) => Promise<Worked<T>>;
}

/** The result of work under the lease, or the state that showed that there was nothing to do. */
export type Leased<T> = { readonly result: T } | { readonly idle: PlannedState };

/** Waits for the lease, looks again under it, does the work, cleans up the markers and releases the lease. */
export async function underLease<T>(
  settings: EngineSettings,
  request: RunRequest,
  first: PlannedState,
  wanted: LeasedWork<T>,
): Promise<Leased<T>> {
  if (wanted.isIdle(first)) return { idle: first };
  const look = async (): Promise<PlannedState> => plan(settings, await readState(settings));
  const acquired = await acquireLease(settings, request, first, look, wanted.isIdle);
  if ('snapshot' in acquired) return { idle: acquired };
  const { clock, store } = settings;
  const result = await holdLease(store, clock, acquired.fence, acquired.deadline, (lease) =>
    workFenced(settings, request, lease, wanted),
  );
  return { result };
}

async function workFenced<T>(
  settings: EngineSettings,
  request: RunRequest,
  lease: Lease,
  { operation, work, ...fences }: LeasedWork<T>,
): Promise<Worked<T>> {
  const { clock, store } = settings;
  const seen = await raiseFences(settings, lease, fences);
  const settledMarkers = new SettledMarkers();
  for (const [target, stale] of seen.staleMarkers) settledMarkers.add(target, stale);
  const auditWriter = new AuditWriter(store, lease, clock, seen.snapshot.head);
  const execution = { settings, request, operation, lease, chain: lease.fence, auditWriter, settledMarkers };
  try {
    return await work(execution, seen);
  } finally {
    await removeMarkers(execution, seen);
  }
}

/**
 * Removes markers of settled attempts. A failure is ignored: the next run removes them. Leaves them where
 * the fence was not raised: such a target system may know more than the audit.
 */
async function removeMarkers(
  { settings, lease, settledMarkers, auditWriter }: Execution,
  { fenced }: FencedState,
): Promise<void> {
  for (const id of settledMarkers.targets()) {
    const target = settings.targets.get(id);
    if (lease.signal.aborted || !fenced.has(id) || !isTransactional(target)) continue;
    const removed = target
      .markers(lease.fence)
      .remove(settledMarkers.of(id), lease.fence.token, auditWriter.head);
    await inTime(settings.clock, lease.fence.leaseMs, removed).catch(() => undefined);
  }
}
