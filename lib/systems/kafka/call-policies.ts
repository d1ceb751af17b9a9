import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientGate } from '../../core/client-gate.js';
import { TargetSystemError } from '../../core/errors.js';
import type { AttemptScope } from '../../core/target-system.js';
import type { CallPolicy } from './guarded-client.js';
import { lastAnswer } from './kafka-errors.js';

/** Whatever the gate lets through. */
export function guardedCalls(gate: ClientGate, scope: AttemptScope): CallPolicy {
  return {
    guard: () => scope.guard(),
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
    guard: () => {},
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
  return { guard: refuse, pass: refuse, perform: async () => refuse() };
}

/** How long to wait before a call is made again, in milliseconds. */
const PAUSES = [50, 100, 200, 400];

/**
 * All, unguarded. Before each call, kafkajs reads about all topics of the cluster, and fails when any of them is just being
 * made or deleted: then the call, which is one that may be made twice, is made again.
 */
export function patientCalls(): CallPolicy {
  return {
    guard: () => {},
    pass: () => {},
    async perform(_kind, method, _call, work) {
      for (const pause of PAUSES)
        try {
          return await work();
        } catch (error) {
          const asksForOne = method === 'fetchTopicMetadata';
          if (asksForOne || lastAnswer(error) !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
          await sleep(pause);
        }
      return work();
    },
  };
}

function notPreviewed(call: string): TargetSystemError {
  return new TargetSystemError(`A preview can't tell what this would do, and does not do it: ${call}`, {
    fix: ['use KafkaTopics where it has the operation: those can be previewed'],
  });
}
