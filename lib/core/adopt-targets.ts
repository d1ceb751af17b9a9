import { InvalidChangesError } from './errors.js';
import type { KnownFence, TransactionalTargetSystem } from './target-system.js';
import { APPLY } from './execute/operation.js';
import type { Execution } from './execute/execution.js';
import { inTime } from './in-time.js';
import type { EngineSettings, RunRequest } from './settings.js';
import { settle } from './settle.js';
import { isTransactional } from './strategy.js';
import { survey, type Survey } from './survey.js';
import { underLease } from './under-lease.js';
import { withoutPolicies } from './policies.js';

/** How target systems are adopted. */
export interface AdoptOptions {
  /** Why; told by the event `targets-adopted` and in the log. */
  readonly reason: string;
  /**
   * Ids of audit stores that are gone for good: their fences and markers are removed from every target system.
   *
   * @default none: another app may be at work under any of them
   */
  readonly forget?: readonly string[];
  /** The new store id: 32 hexadecimal digits that nobody had before. */
  readonly storeId: string;
}

/** What an adoption left. */
export interface Adoption {
  /** The id under which the audit store goes on. */
  readonly storeId: string;
  /** The one it had; it names whose fences and markers may be forgotten when no other copy of the store is in use. */
  readonly formerStoreId: string;
  /** The fences in each target system, by its id. */
  readonly fences: ReadonlyMap<string, readonly KnownFence[]>;
}

/**
 * Gives the audit store an id of its own, after it was restored from a backup or copied: from then on its target systems
 * know nothing of it that it does not know itself. Their former fences and markers stay until they are forgotten.
 *
 * What markers decide about open attempts is recorded before. @throws InvalidChangesError without a reason; LockNotAcquiredError
 */
export async function adoptTargets(
  settings: EngineSettings,
  request: RunRequest,
  options: AdoptOptions,
): Promise<Adoption> {
  if (!options.reason?.trim())
    throw new InvalidChangesError(["adoptTargets needs a reason; write adoptTargets({ reason: '…' })"]);
  const tolerant = withoutPolicies(settings);
  const leased = await underLease(tolerant, request, await survey(tolerant), {
    operation: APPLY,
    isIdle: () => false,
    touches: () => false,
    work: async (execution, seen) => ({ result: await adopt(execution, seen, options) }),
  });
  if ('idle' in leased) throw new Error('the lease was not taken');
  return leased.result;
}

async function adopt(
  execution: Execution,
  { steps, findings }: Survey,
  { reason, storeId, forget = [] }: AdoptOptions,
): Promise<Adoption> {
  const { settings, request, lease } = execution;
  // Under its new id the store does not find the markers that decide about open attempts.
  for (const step of steps)
    if (step.record && !step.askVerify) await settle(execution, step, findings.get(step.change.id) ?? {});
  const { store, clock, lock } = settings;
  lease.guard();
  await inTime(clock, lock.leaseMs, store.adopt(storeId, lease.fence));
  const targets = [...settings.targets.values()].filter((target) => isTransactional(target));
  const fences = new Map<string, readonly KnownFence[]>();
  for (const target of targets) fences.set(target.id, await forgetIn(target, store.namespace, forget));
  settings.emit({ type: 'targets-adopted', executionId: request.executionId, storeId, reason });
  return { storeId, formerStoreId: lease.fence.storeId, fences };
}

/** @returns the fences that are left */
async function forgetIn(
  target: TransactionalTargetSystem,
  namespace: string,
  gone: readonly string[],
): Promise<readonly KnownFence[]> {
  const markers = target.markers({ storeId: '', namespace });
  for (const fence of await markers.fences())
    if (gone.includes(fence.storeId)) await target.markers(fence).forget();
  return markers.fences();
}
