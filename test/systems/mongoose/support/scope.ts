import type { AuditStore, Fence } from '../../../../lib/core/model/audit-store.js';
import type { AttemptScope } from '../../../../lib/core/model/target-system.js';
import {
  chainIn,
  attemptScope as sampleScope,
} from '../../../../lib/testing/target-system/attempt-scope.sample.js';
import { WITNESS } from '../../../../lib/testing/target-system/fence-row.contract.js';

export { chainIn, WITNESS };

/** The scope of an attempt of the change that these tests are about; what matters to a test is given. */
export function attemptScope(given: Partial<AttemptScope> = {}): AttemptScope {
  return sampleScope({ changeId: 'fill-catalog', ...given });
}

/** Opens the store and takes its free lease. */
export async function acquired(store: AuditStore, leaseMs = 60_000): Promise<Fence> {
  await store.open();
  const request = { holder: 'run', host: 'host', leaseMs };
  const taken = await store.acquire(request);
  if (!taken) throw new Error('the lease was expected to be free');
  return { ...taken, ...request, namespace: store.namespace };
}
