import type { ChainIdentity } from '../../core/audit-store.js';
import type { AttemptScope } from '../../core/target-system.js';

/** The chain of a store in a namespace. */
export function chainIn(namespace: string, storeId = '0123456789abcdef'.repeat(2)): ChainIdentity {
  return { storeId, namespace };
}

/** The chain of another store in the same namespace. */
export function ofAnotherStore({ namespace }: ChainIdentity): ChainIdentity {
  return chainIn(namespace, 'fedcba9876543210'.repeat(2));
}

/** The scope of an attempt whose guard lets everything pass; what matters to a test is given. */
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
