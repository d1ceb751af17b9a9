import type { ClientGate } from '../../core/client-gate.js';
import { OutsideTransactionError } from '../../core/errors.js';
import type { AttemptParts } from './attempt-parts.js';
import type { GuardedCall, Passage } from './guarded-cluster.js';

const READS =
  /^(get(?!And)|(exists|scan|ping|diagnostics|waitUntilReady|viewQuery|size|has|contains|keys|values|indexOf)$|lookupIn|search)/;
const STATEMENTS = /^(query|analyticsQuery)$/;

/** Judges what a transactional change does by its cluster, which is not part of the transaction. */
export class OutsideCalls {
  #refused: OutsideTransactionError | undefined;

  constructor(
    private readonly parts: AttemptParts,
    private readonly gate: ClientGate,
  ) {}

  readonly pass: Passage = async (call, send) => {
    this.gate.pass(call.text);
    if (this.parts.scope.outsideTransaction === 'fail' && !isRead(call)) throw this.#refuse(call);
    return this.gate.perform(call.text, send);
  };

  /** @throws OutsideTransactionError when a write was refused, even if the change has caught that error */
  check(): void {
    if (this.#refused) throw this.#refused;
  }

  #refuse({ text }: GuardedCall): OutsideTransactionError {
    const { scope, targetId } = this.parts;
    this.#refused ??= new OutsideTransactionError(
      `Change '${scope.changeId}' runs in a transaction on target system '${targetId}', and a write went around it; ` +
        `it was refused and the change fails: ${text}`,
      {
        fix: [
          'write by the TransactionAttemptContext, the main client of the method: insert, replace, remove, query',
          'or say transactional: false in @Change, with a @Rollback: for collections, indexes and many documents',
          "or let such writes through, to take effect even when the change fails: outsideTransaction: 'allow' in @Change",
        ],
      },
    );
    return this.#refused;
  }
}

/** True for what changes nothing. What is unknown is taken for a write. */
function isRead({ method, first }: GuardedCall): boolean {
  if (STATEMENTS.test(method)) return typeof first === 'string' && /^\s*select\b/i.test(first);
  return READS.test(method);
}
