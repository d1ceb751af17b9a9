import type { ClientGate } from '../../core/client-gate.js';
import { TargetSystemError } from '../../core/errors.js';
import type { CallPolicy } from './guarded-client.js';

/** Whatever the gate lets through. */
export function guardedCalls(gate: ClientGate): CallPolicy {
  return {
    pass: (_kind, _method, call) => gate.pass(call),
    perform: (_kind, _method, call, work) => gate.perform(call, work),
  };
}

/** Of what the gate lets through, that which only reads. */
export function readingCalls(gate: ClientGate): CallPolicy {
  const refuseWrites = (kind: string, method: string, call: string): void => {
    const reads = kind === 'admin' && /^(?:connect|disconnect|list\w*|describe\w*|fetch\w*)$/.test(method);
    if (!reads) throw notPreviewed(call);
  };
  return {
    pass: (kind, method, call) => refuseWrites(kind, method, call),
    perform: (kind, method, call, work) =>
      gate.perform(call, async () => {
        refuseWrites(kind, method, call);
        return work();
      }),
  };
}

/** None. */
export function noCalls(refuse: () => never): CallPolicy {
  return { pass: refuse, perform: async () => refuse() };
}

function notPreviewed(call: string): TargetSystemError {
  return new TargetSystemError(`A preview can't tell what this would do, and does not do it: ${call}`, {
    fix: ['use KafkaTopics where it has the operation: those can be previewed'],
  });
}
