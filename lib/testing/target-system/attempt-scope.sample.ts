import type { ChainIdentity } from '../../core/model/audit-store.js';
import type { AttemptScope } from '../../core/model/target-system.js';

/** The chain of a store in a namespace. */
export function chainIn(namespace: string, storeId = '0123456789abcdef'.repeat(2)): ChainIdentity {
  return { storeId, namespace };
}

/** The chain of another store in the same namespace. */
export function ofAnotherStore({ namespace }: ChainIdentity): ChainIdentity {
  return chainIn(namespace, 'fedcba9876543210'.repeat(2));
}

/** The scope of an attempt whose guard never throws; a test gives the fields that matter to it. */
export function attemptScope(given: Partial<AttemptScope> = {}): AttemptScope {
  return {
    ...chainIn('default'),
    executionId: 'execution-1',
    changeId: 'a-change',
    attempt: 1,
    outsideTransaction: 'fail',
    signal: new AbortController().signal,
    guard: () => {},
    ...given,
  };
}
