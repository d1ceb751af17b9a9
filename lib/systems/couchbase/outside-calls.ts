import type { ClientGate } from '../../core/client-gate.js';
import { OutsideRefusals, type OutsideWords } from '../../core/outside-refusals.js';
import type { AttemptParts } from './attempt-parts.js';
import type { GuardedCall, Passage } from './guarded-cluster.js';

const READS =
  /^(get(?!And)|(exists|scan|ping|diagnostics|waitUntilReady|viewQuery|size|has|contains|keys|values|indexOf)$|lookupIn|search)/;
const STATEMENTS = /^(query|analyticsQuery)$/;

const WORDS: OutsideWords = {
  what: 'a write',
  plural: 'writes',
  instead: [
    'write by the TransactionAttemptContext, the main client of the method: insert, replace, remove, query',
    'or say transactional: false in @Change, with a @Rollback: for collections, indexes and many documents',
  ],
};

/** Judges what a transactional change does by its cluster, which is not part of the transaction. */
export class OutsideCalls {
  readonly #refusals: OutsideRefusals;

  constructor(
    private readonly parts: AttemptParts,
    private readonly gate: ClientGate,
  ) {
    this.#refusals = new OutsideRefusals(parts, WORDS);
  }

  readonly pass: Passage = async (call, send) => {
    this.gate.pass(call.text);
    if (this.parts.scope.outsideTransaction === 'fail' && !isRead(call))
      throw this.#refusals.refuse(call.text);
    return this.gate.perform(call.text, send);
  };

  /** @throws OutsideTransactionError when a write was refused, even if the change has caught that error */
  check(): void {
    this.#refusals.check();
  }
}

/** True for what changes nothing. What is unknown is taken for a write. */
function isRead({ method, first }: GuardedCall): boolean {
  if (STATEMENTS.test(method)) return typeof first === 'string' && /^\s*select\b/i.test(first);
  return READS.test(method);
}
