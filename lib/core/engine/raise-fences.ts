import { inTime } from '../kit/time-limits.js';
import type { ChainHead } from '../model/audit-entry.js';
import {
  AuditIntegrityError,
  AuditStoreBehindError,
  FlamingockError,
  TargetSystemError,
} from '../model/errors.js';
import { isPending, type Step } from '../model/plan.js';
import type { EngineSettings } from '../model/settings.js';
import { isTransactional } from '../model/strategy.js';
import type { Marker, MarkerStore, TargetFence, TransactionalTargetSystem } from '../model/target-system.js';
import type { Lease } from './lease.js';
import { plan, type PlannedState } from './plan.js';
import { readState } from './read-state.js';
import { answerOf, readSummary } from './read-store.js';

/** Which fences a piece of work needs. */
export interface FencedWork {
  /** The steps that it may touch: the fences of their target systems are raised first. @default those that are pending */
  readonly touches?: (step: Step) => boolean;
  /** True for what a person does about a store that knows less than its target systems. @default false */
  readonly toleratesBehind?: boolean;
}

/** What was read and decided under the lease, after the fences were raised. */
export interface FencedState extends PlannedState {
  /** Ids of the target systems whose fence was raised, and that have seen nothing which the audit lacks. */
  readonly fenced: ReadonlySet<string>;
  /** Ids of the target systems that have seen more of the audit than there is; none where that is not tolerated. */
  readonly behind: ReadonlySet<string>;
}

function isBehind(error: unknown): boolean {
  return error instanceof AuditStoreBehindError || error instanceof AuditIntegrityError;
}

/**
 * Raises the fence of every target system whose markers count, then reads and plans under the lease. From then on no
 * former holder can commit there, so a marker that is absent stays absent.
 */
export async function raiseFences(
  settings: EngineSettings,
  lease: Lease,
  { touches = isPending, toleratesBehind = false }: FencedWork = {},
): Promise<FencedState> {
  const fenced = new Set<string>();
  const behind = new Set<string>();
  const refuse = (id: string, error: unknown): void => {
    if (!toleratesBehind || !isBehind(error)) throw error;
    behind.add(id);
  };
  for (;;) {
    const seen = plan(settings, await readState(settings, fenced));
    const missing = targetsWithMarkers(settings, seen.steps.filter(touches)).filter(
      ({ id }) => !fenced.has(id),
    );
    if (!missing.length) {
      for (const id of fenced) {
        const [unknown] = seen.unknownMarkers.get(id) ?? [];
        if (unknown) refuse(id, unknownAttempt(settings, id, unknown));
      }
      return { ...seen, fenced: new Set([...fenced].filter((id) => !behind.has(id))), behind };
    }
    for (const target of missing) {
      await requireFence(settings, lease, target, seen.snapshot.head).catch((error: unknown) =>
        refuse(target.id, error),
      );
      fenced.add(target.id);
    }
  }
}

function targetsWithMarkers(
  { targets }: EngineSettings,
  steps: readonly Step[],
): TransactionalTargetSystem[] {
  const ids = steps.flatMap(({ change, strategy, latest }) => [
    ...(strategy === 'plain' ? [] : [{ id: change.targetSystem, strategy }]),
    ...(latest && latest.strategy !== 'plain'
      ? [{ id: latest.targetSystem, strategy: latest.strategy }]
      : []),
  ]);
  const wanted = ids.flatMap(({ id, strategy }) => {
    const target = targets.get(id);
    return isTransactional(target) && (strategy === 'marker' || target.commitsImplicitly) ? [target] : [];
  });
  return [...new Set(wanted)];
}

/** @throws LockLostError, AuditStoreBehindError, AuditIntegrityError, TargetSystemError */
async function requireFence(
  settings: EngineSettings,
  lease: Lease,
  target: TransactionalTargetSystem,
  head: ChainHead,
): Promise<void> {
  const fence = await raiseFence(settings, lease, target);
  if (fence.token > lease.fence.token) throw await newerHolder(settings, lease, target, fence);
  if (fence.witness) await requireWitness(settings, target, fence.witness, head);
}

/** Opens what the target system keeps for us, and raises its fence row. */
async function raiseFence(
  { clock, lock }: EngineSettings,
  lease: Lease,
  target: TransactionalTargetSystem,
): Promise<TargetFence> {
  const markers: MarkerStore = target.markers(lease.fence);
  const answered = <T>(answer: Promise<T>): Promise<T> => inTime(clock, lock.leaseMs, answer);
  lease.guard();
  try {
    await answered(markers.open());
    return await answered(markers.raiseFence(lease.fence.token));
  } catch (cause) {
    if (cause instanceof FlamingockError) throw cause;
    throw new TargetSystemError(
      `The target system '${target.id}' (${target.kind}) cannot be prepared; no change of it has run.`,
      {
        cause,
        fix: [
          'check that it is reachable and that this app may write to its bookkeeping tables, then start again',
        ],
      },
    );
  }
}

/** A token above every token the audit store gave out is no newer holder's: the store itself is older, such as a backup. */
async function newerHolder(
  settings: EngineSettings,
  lease: Lease,
  target: TransactionalTargetSystem,
  { token }: TargetFence,
): Promise<FlamingockError> {
  const now = await readSummary(settings);
  if (now.token < token)
    return behind(
      settings,
      target,
      `that target system has seen fencing token ${token}, and the store has given out no more than ${now.token}`,
    );
  return lease.lose(`a newer holder was already at work on the target system '${target.id}'`);
}

/** Checks that the audit entry which the target system has seen is still in the audit, unchanged. */
async function requireWitness(
  settings: EngineSettings,
  target: TransactionalTargetSystem,
  witness: ChainHead,
  head: ChainHead,
): Promise<void> {
  if (witness.seq > head.seq)
    throw behind(
      settings,
      target,
      `that target system has seen audit entry ${witness.seq}, and the audit ends with entry ${head.seq}`,
    );
  const { store } = settings;
  if ((await answerOf(settings, hashAt(store, witness.seq))) === witness.hash) return;
  throw new AuditIntegrityError(
    `Audit entry ${witness.seq} in ${store.name} (namespace '${store.namespace}') is not the one that the target system '${target.id}' has seen. ${untouched(settings)}`,
    {
      fix: [
        'find out who changed the audit, or from where it was restored: verifyAudit() tells whether its chain is whole',
        'when the audit is what you mean it to be, and a person has marked what it does not know: flamingock.adoptTargets({ reason })',
      ],
    },
  );
}

/** STARTED is recorded before a marker is written, and nobody else has written entries under this lease. */
function unknownAttempt(
  settings: EngineSettings,
  id: string,
  { changeId, attempt }: Marker,
): FlamingockError {
  const target = settings.targets.get(id) ?? { id, kind: 'unknown' };
  return behind(
    settings,
    target,
    `that target system has a marker of attempt ${attempt} of change '${changeId}', which the audit does not know`,
  );
}

async function hashAt(store: EngineSettings['store'], seq: number): Promise<string | undefined> {
  for await (const entry of store.history({ fromSeq: seq, limit: 1 }))
    return entry.seq === seq ? entry.hash : undefined;
  return undefined;
}

/** Imports are recorded before any fence is raised. */
function untouched({ imports }: EngineSettings): string {
  return `No change has run${imports.length ? '; what importHistory found may have been recorded' : ''}.`;
}

function behind(
  settings: EngineSettings,
  target: Pick<TransactionalTargetSystem, 'id' | 'kind'>,
  what: string,
): AuditStoreBehindError {
  const { store } = settings;
  return new AuditStoreBehindError(
    `The audit store ${store.name} (namespace '${store.namespace}') knows less than the target system '${target.id}' (${target.kind}): ${what}. It was restored from a backup, or is a copy of another store. ${untouched(settings)}`,
    {
      fix: [
        `look at '${target.id}': which changes are in effect there, and which are not, other than the audit says?`,
        "mark each of them, in a process that boots without running changes (FLAMINGOCK_ON_BOOTSTRAP=skip): flamingock.resolve(id, 'applied' or 'rolled-back', { reason })",
        'then flamingock.adoptTargets({ reason }): the store goes on under an id of its own',
      ],
    },
  );
}
