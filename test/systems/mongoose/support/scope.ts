import type { AttemptScope } from '../../../../lib/core/target-system.js';

/** The scope of an attempt whose guard lets everything pass; what matters to a test is given. */
export function attemptScope(given: Partial<AttemptScope> = {}): AttemptScope {
  return {
    namespace: 'default',
    executionId: 'execution-1',
    changeId: 'fill-catalog',
    attempt: 1,
    outsideTransaction: 'fail',
    signal: new AbortController().signal,
    guard: () => undefined,
    ...given,
  };
}
