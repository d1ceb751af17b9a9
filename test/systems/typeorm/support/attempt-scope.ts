import type { AttemptScope } from 'nestjs-flamingock';

/** The scope of a change's attempt whose lease lives for ever; what matters to a test is given. */
export function attemptScope(given: Partial<AttemptScope> = {}): AttemptScope {
  return {
    namespace: 'default',
    executionId: 'execution-1',
    changeId: 'add-user-status',
    attempt: 1,
    outsideTransaction: 'fail',
    signal: new AbortController().signal,
    guard: () => {},
    ...given,
  };
}
