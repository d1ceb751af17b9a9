import type { ChainHead } from './audit-entry.js';
import { AuditIntegrityError, AuditStoreBehindError, FlamingockError, TargetSystemError } from './errors.js';
import { inTime } from './in-time.js';
import type { Lease } from './lease.js';
import { isPending, type Step } from './plan.js';
import type { EngineSettings } from './settings.js';
import { isTransactional } from './strategy.js';
import { readSummary, survey, type Survey } from './survey.js';
import type { MarkerStore, TargetFence, TransactionalTargetSystem } from './target-system.js';

/** Which fences a piece of work needs. */
export interface FencedWork {
  /** The steps that it may touch: the fences of their target systems are raised first. @default those that are pending */
  readonly touches?: (step: Step) => boolean;
  /** True for what a person does about a store that knows less than its target systems. @default false */
  readonly toleratesBehind?: boolean;
}

/** What a survey under the lease shows. */
export interface FencedSurvey extends Survey {
  /** Ids of the target systems that have seen more of the audit than there is; none where that is not tolerated. */
  readonly behind: ReadonlySet<string>;
}

function isBehind(error: unknown): boolean {
  return error instanceof AuditStoreBehindError || error instanceof AuditIntegrityError;
}

/**
 * Surveys under the lease, after raising the fence of every target system whose markers count: from then on no
 * former holder can commit there, so a marker that is absent stays absent.
 */
export async function surveyFenced(
  settings: EngineSettings,
  lease: Lease,
  { touches = isPending, toleratesBehind = false }: FencedWork = {},
): Promise<FencedSurvey> {
  const fenced = new Set<string>();
  const behind = new Set<string>();
  for (;;) {
    const seen = await survey(settings, fenced);
    const missing = targetsWithMarkers(settings, seen.steps.filter(touches)).filter(
      ({ id }) => !fenced.has(id),
    );
    if (!missing.length) return { ...seen, behind };
    for (const target of missing) {
      await requireFence(settings, lease, target, seen.snapshot.head).catch((error: unknown) => {
        if (!toleratesBehind || !isBehind(error)) throw error;
        behind.add(target.id);
      });
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
    ...(latest?.strategy === 'marker' ? [{ id: latest.targetSystem, strategy: latest.strategy }] : []),
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

/** A token that the audit store never gave out: it is not a newer holder's, the store is older than what it knew. */
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

/** What a commit in the target system has seen is in the audit, or the audit is not what it was. */
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
  const { store, clock, lock } = settings;
  if ((await inTime(clock, lock.leaseMs, hashAt(store, witness.seq))) === witness.hash) return;
  throw new AuditIntegrityError(
    `Audit entry ${witness.seq} in ${store.name} (namespace '${store.namespace}') is not the one that the target system '${target.id}' has seen. Nothing has run.`,
    {
      fix: [
        'find out who changed the audit, or from where it was restored: verifyAudit() tells whether its chain is whole',
        'when the audit is what you mean it to be, and a person has marked what it does not know: flamingock.adoptTargets({ reason })',
      ],
    },
  );
}

async function hashAt(store: EngineSettings['store'], seq: number): Promise<string | undefined> {
  for await (const entry of store.history({ fromSeq: seq, limit: 1 }))
    return entry.seq === seq ? entry.hash : undefined;
  return undefined;
}

function behind(
  { store }: EngineSettings,
  target: TransactionalTargetSystem,
  what: string,
): AuditStoreBehindError {
  return new AuditStoreBehindError(
    `The audit store ${store.name} (namespace '${store.namespace}') knows less than the target system '${target.id}' (${target.kind}): ${what}. It was restored from a backup, or is a copy of another store. Nothing has run.`,
    {
      fix: [
        `look at '${target.id}': which changes are in effect there that the audit does not know as applied?`,
        "mark each of them, in a process that boots without running changes (FLAMINGOCK_ON_BOOTSTRAP=skip): flamingock.resolve(id, 'applied', { reason })",
        'then flamingock.adoptTargets({ reason }): the store goes on under an id of its own',
      ],
    },
  );
}
