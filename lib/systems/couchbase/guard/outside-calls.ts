import type { ClientGate } from '../../../core/kit/attempt-gate.js';
import type { OutsideRefusals, OutsideWords } from '../../../core/kit/outside-refusals.js';
import type { GuardedCall, Passage } from './guarded-cluster.js';

const READS =
  /^(get(?!And)|(exists|scan|ping|diagnostics|waitUntilReady|viewQuery|size|has|contains|keys|values|indexOf)$|lookupIn|search)/;
const STATEMENTS = /^(query|analyticsQuery)$/;

/** How a write through the cluster is refused. */
export const OUTSIDE: OutsideWords = {
  what: 'a write',
  plural: 'writes',
  instead: [
    'write by the TransactionAttemptContext, the main client of the method: insert, replace, remove, query',
    'or say transactional: false in @Change, with a @Rollback: for collections, indexes and many documents',
  ],
};

/** Decides about what a transactional change does with its cluster, which is not part of the transaction: it may only read. */
export function outsidePassage(gate: ClientGate, refusals: OutsideRefusals): Passage {
  return (call, send) =>
    isRead(call) ? gate.perform(call.text, send) : refusals.admit(gate, call.text, send);
}

/** True for a call that changes nothing. An unknown one counts as a write. */
function isRead({ method, first }: GuardedCall): boolean {
  if (STATEMENTS.test(method)) return typeof first === 'string' && /^\s*select\b/i.test(first);
  return READS.test(method);
}
