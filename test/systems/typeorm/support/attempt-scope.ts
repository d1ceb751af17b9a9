import type { AttemptScope } from 'nestjs-flamingock/kit';
import { attemptScope as sampleScope } from '../../../../lib/testing/target-system/attempt-scope.sample.js';

/** The scope of an attempt of the change that these tests are about; what matters to a test is given. */
export function attemptScope(given: Partial<AttemptScope> = {}): AttemptScope {
  return sampleScope({ changeId: 'add-user-status', ...given });
}
