import { FlamingockError, TargetSystemError } from './errors.js';
import { inTime } from './in-time.js';
import type { Lease } from './lease.js';
import { isPending, type Step } from './plan.js';
import type { EngineSettings } from './settings.js';
import { isTransactional } from './strategy.js';
import { survey, type Survey } from './survey.js';
import type { TransactionalTargetSystem } from './target-system.js';

/**
 * Surveys under the lease, after raising the fence of every target system whose markers count: from then on no
 * former holder can commit there, so a marker that is absent stays absent.
 */
export async function surveyFenced(
  settings: EngineSettings,
  lease: Lease,
  isWanted: (step: Step) => boolean = isPending,
): Promise<Survey> {
  const fenced = new Set<string>();
  for (;;) {
    const seen = await survey(settings, fenced);
    const missing = targetsWithMarkers(settings, seen.steps.filter(isWanted)).filter(
      ({ id }) => !fenced.has(id),
    );
    if (!missing.length) return seen;
    for (const target of missing) {
      await raiseFence(settings, lease, target);
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

async function raiseFence(
  { store, clock, lock }: EngineSettings,
  lease: Lease,
  target: TransactionalTargetSystem,
): Promise<void> {
  const markers = target.markers(store.namespace);
  const answered = <T>(answer: Promise<T>): Promise<T> => inTime(clock, lock.leaseMs, answer);
  lease.guard();
  try {
    await answered(markers.open());
    if (await answered(markers.raiseFence(lease.fence.token))) return;
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
  throw lease.lose(`a newer holder was already at work on the target system '${target.id}'`);
}
