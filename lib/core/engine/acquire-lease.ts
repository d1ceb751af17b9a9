import { type Deadline, inTime } from '../kit/time-limits.js';
import type { Acquisition, AuditSnapshot, AuditStore, Fence } from '../model/audit-store.js';
import type { Clock } from '../model/clock.js';
import {
  AuditStoreError,
  FlamingockError,
  InterruptedError,
  LockNotAcquiredError,
  TargetSystemError,
} from '../model/errors.js';
import type { EngineSettings, RunRequest } from '../model/settings.js';
import { leaseDeadline } from './lease.js';
import type { PlannedState } from './plan.js';

/** The lease was taken. */
export interface Acquired {
  readonly fence: Fence;
  /** Counted from before the acquisition was sent. */
  readonly deadline: Deadline;
}

const LONGEST_PAUSE_MS = 1_000;

/**
 * Takes the lease, waiting for another holder as long as the settings allow.
 *
 * @param look - reads and plans again after each pause
 * @param isIdle - true when nothing is left to do, so that the lease is not needed any more
 * @returns the acquisition, or what showed that nothing is left to do
 * @throws LockNotAcquiredError, InterruptedError, AuditStoreError
 */
export async function acquireLease(
  settings: EngineSettings,
  request: RunRequest,
  first: PlannedState,
  look: () => Promise<PlannedState>,
  isIdle: (seen: PlannedState) => boolean,
): Promise<Acquired | PlannedState> {
  const { clock, lock, store } = settings;
  const begun = clock.monotonic();
  if (!first.snapshot.ready)
    await inTime(clock, lock.leaseMs, store.open()).catch((error: unknown) =>
      Promise.reject(cannotAcquire(store, error)),
    );
  let seen = first;
  let announced: string | undefined;
  for (let pause = lock.retryMs; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    if (request.stop.aborted) throw interruptedWaiting();
    const acquired = await tryAcquire(settings, request);
    if (acquired) return acquired;
    const { holder, former } = seen.snapshot;
    const whom = holder ? holder.holder : former && `${former.holder}, former`;
    if (whom && whom !== announced) announceWait(settings, request, seen);
    announced = whom ?? announced;
    if (clock.monotonic() - begun >= lock.waitMs) throw notAcquired(lock.waitMs, store, seen.snapshot);
    await clock.sleep(jittered(clock, pause), request.stop);
    const looked = await lookAgain(settings, look, begun);
    if (looked && isIdle(looked)) return looked;
    seen = looked ?? seen;
  }
}

/** A read that fails while another process holds the lease is repeated until the wait is over. */
async function lookAgain(
  { clock, lock }: EngineSettings,
  look: () => Promise<PlannedState>,
  begun: number,
): Promise<PlannedState | undefined> {
  try {
    return await look();
  } catch (error) {
    const isSilent = error instanceof AuditStoreError || error instanceof TargetSystemError;
    if (!isSilent || clock.monotonic() - begun >= lock.waitMs) throw error;
    return undefined;
  }
}

/** Between half the pause and the whole pause, so that waiting replicas do not ask at the same time. */
function jittered(clock: Clock, pause: number): number {
  return pause * (0.5 + clock.random() / 2);
}

async function tryAcquire(
  { clock, lock, store, identity }: EngineSettings,
  request: RunRequest,
): Promise<Acquired | undefined> {
  const deadline = leaseDeadline(clock, lock.leaseMs);
  const asked = store.acquire({ holder: request.executionId, host: identity.host, leaseMs: lock.leaseMs });
  try {
    const acquired = await inTime(clock, lock.leaseMs, asked, [request.stop]);
    return acquired ? { fence: fenceOf(store, request, lock.leaseMs, acquired), deadline } : undefined;
  } catch (error) {
    const givenBack = giveBack(store, request, lock.leaseMs, asked);
    if (!request.stop.aborted) throw cannotAcquire(store, error);
    await inTime(clock, lock.leaseMs, givenBack).catch(() => undefined);
    throw interruptedWaiting();
  }
}

/** Releases an acquisition whose answer arrives after nobody waits for it. */
async function giveBack(
  store: AuditStore,
  request: RunRequest,
  leaseMs: number,
  asked: Promise<Acquisition | null>,
): Promise<void> {
  const acquired = await asked.catch(() => null);
  if (acquired) await store.release(fenceOf(store, request, leaseMs, acquired)).catch(() => undefined);
}

function fenceOf(
  { namespace }: AuditStore,
  { executionId }: RunRequest,
  leaseMs: number,
  { storeId, token }: Acquisition,
): Fence {
  return { storeId, namespace, token, holder: executionId, leaseMs };
}

function announceWait(
  { emit }: EngineSettings,
  { executionId }: RunRequest,
  { snapshot }: PlannedState,
): void {
  const { former, latest } = snapshot;
  const holder = snapshot.holder ?? former ?? null;
  const inProgress = latest.filter(
    (entry) => entry.state === 'STARTED' && entry.executionId === holder?.holder,
  );
  emit({
    type: 'waiting-for-lock',
    executionId,
    holder,
    ...(!snapshot.holder && former && { leftOpen: former.leftOpen }),
    inProgress: inProgress.map(({ changeId }) => changeId),
  });
}

function cannotAcquire({ name }: AuditStore, cause: unknown): FlamingockError {
  if (cause instanceof FlamingockError) return cause;
  return new AuditStoreError(`The lock in the audit store ${name} cannot be taken; nothing has run.`, {
    cause,
    fix: ['check that the audit store is reachable and that this app may write to it, then start again'],
  });
}

function interruptedWaiting(): InterruptedError {
  return new InterruptedError('A stop was asked for while waiting for the lock; nothing has run.');
}

function notAcquired(
  waitMs: number,
  { name, namespace }: AuditStore,
  { holder, former }: AuditSnapshot,
): LockNotAcquiredError {
  const who = holder
    ? `execution ${holder.holder} on host ${holder.host} has held it since ${holder.since}, at present until ${holder.until}`
    : former
      ? `the lease of execution ${former.holder} on host ${former.host} has been over since ${former.until}, but ${former.leftOpen}`
      : 'its holder changed all the time';
  return new LockNotAcquiredError(
    `The lock of namespace '${namespace}' in ${name} was not free within ${waitMs} ms: ${who}. Nothing has run.`,
    {
      fix: [
        'if that process is at work, wait for it, or give this app a longer lock.wait',
        `if it is dead, the lock frees itself ${holder || !former ? 'when its lease ends' : 'with that'}`,
      ],
    },
  );
}
