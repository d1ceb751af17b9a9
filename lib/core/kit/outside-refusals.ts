import { OutsideTransactionError, TargetSystemError } from '../model/errors.js';
import type { AttemptScope } from '../model/target-system.js';
import type { ClientGate } from './attempt-gate.js';

/** How a technology names the calls that can go around a transaction. */
export interface OutsideWords {
  /** `a write` */
  readonly what: string;
  /** `writes` */
  readonly plural: string;
  /** How it went around: `, through another connection`. @default nothing */
  readonly how?: string;
  /** What the change should do instead, one step each. */
  readonly instead: readonly string[];
}

/** Which attempt, on which target system. */
interface AttemptOn {
  readonly scope: AttemptScope;
  readonly targetId: string;
}

/** The calls of one attempt that were refused because they went around its transaction. */
export class OutsideRefusals {
  #first: OutsideTransactionError | undefined;

  readonly #attempt: AttemptOn;
  readonly #words: OutsideWords;

  constructor(attempt: AttemptOn, words: OutsideWords) {
    this.#attempt = attempt;
    this.#words = words;
  }

  /** Why the change fails, even if it caught the error; undefined while nothing was refused. */
  get first(): OutsideTransactionError | undefined {
    return this.#first;
  }

  /**
   * Sends a call that goes around the transaction, through the gate of the attempt, where the change allows it.
   *
   * @throws OutsideTransactionError where it does not, and what the gate throws
   */
  async admit<T>(gate: ClientGate, call: string, send: () => Promise<T>): Promise<T> {
    if (this.#attempt.scope.outsideTransaction === 'allow') return gate.perform(call, send);
    gate.pass(call);
    throw this.refuse(call);
  }

  /** Notes a refused call. @returns the error to throw: that of the first refused call */
  refuse(call: string): OutsideTransactionError {
    return (this.#first ??= this.#errorOf(call));
  }

  /** @throws OutsideTransactionError when a call was refused, even if the change has caught that error */
  check(): void {
    if (this.#first) throw this.#first;
  }

  #errorOf(call: string): OutsideTransactionError {
    const { scope, targetId } = this.#attempt;
    const { what, plural, how = '', instead } = this.#words;
    return new OutsideTransactionError(
      `Change '${scope.changeId}' runs in a transaction on target system '${targetId}', and ${what} went around it${how}; ` +
        `it was refused and the change fails: ${call}`,
      {
        fix: [
          ...instead,
          `or let such ${plural} through, to take effect even when the change fails: outsideTransaction: 'allow' in @Change`,
        ],
      },
    );
  }
}

/**
 * Stands in for every call of the clients that `TargetSystem.clients` returns: they are there to be matched with parameters, not to be used.
 *
 * @returns a function that throws TargetSystemError
 */
export function outsideAnyChange(targetId: string): () => never {
  return () => {
    throw new TargetSystemError(`A client of target system '${targetId}' was used outside any change.`);
  };
}
