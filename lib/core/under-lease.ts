import { acquireLease } from './acquire.js';
import type { Settled } from './audit-store.js';
import { Leftovers } from './execute/leftovers.js';
import type { Execution } from './execute/execution.js';
import type { Operation } from './execute/operation.js';
import { Journal } from './journal.js';
import { inTime } from './in-time.js';
import { holdLease, type Lease } from './lease.js';
import { type FencedSurvey, type FencedWork, surveyFenced } from './prepare.js';
import type { EngineSettings, RunRequest } from './settings.js';
import { survey, type Survey } from './survey.js';
import { isTransactional } from './strategy.js';

/** What a piece of work came to, and what the next run finds settled. */
export interface Worked<T> {
  readonly result: T;
  readonly settled?: Settled;
}

/** A piece of work that needs the lease. */
export interface LeasedWork<T> extends FencedWork {
  readonly operation: Operation;
  /** True when there is nothing to do, so that the lease is not needed. */
  readonly isIdle: (survey: Survey) => boolean;
  readonly work: (execution: Execution, survey: FencedSurvey) => Promise<Worked<T>>;
}

/** What a leased work came to: its result, or the survey that showed that there was nothing to do. */
export type Leased<T> = { readonly result: T } | { readonly idle: Survey };

/** Waits for the lease, looks again under it, does the work, cleans up the markers and releases the lease. */
export async function underLease<T>(
  settings: EngineSettings,
  request: RunRequest,
  first: Survey,
  wanted: LeasedWork<T>,
): Promise<Leased<T>> {
  if (wanted.isIdle(first)) return { idle: first };
  const acquired = await acquireLease(settings, request, first, () => survey(settings), wanted.isIdle);
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
  const seen = await surveyFenced(settings, lease, fences);
  const leftovers = new Leftovers();
  for (const [target, stale] of seen.staleMarkers) leftovers.add(target, stale);
  const journal = new Journal(store, lease, clock, seen.snapshot.head);
  const execution = { settings, request, operation, lease, chain: lease.fence, journal, leftovers };
  try {
    return await work(execution, seen);
  } finally {
    await removeMarkers(execution);
  }
}

/** A marker that stays does no harm: it belongs to an attempt that is settled, and goes with the next run. */
async function removeMarkers({ settings, lease, leftovers }: Execution): Promise<void> {
  for (const id of leftovers.targets()) {
    const target = settings.targets.get(id);
    if (lease.signal.aborted || !isTransactional(target)) continue;
    const removed = target.markers(lease.fence).remove(leftovers.of(id), lease.fence.token);
    await inTime(settings.clock, lease.fence.leaseMs, removed).catch(() => undefined);
  }
}
