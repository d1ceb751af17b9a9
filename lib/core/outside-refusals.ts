import { OutsideTransactionError } from './errors.js';
import type { AttemptScope } from './target-system.js';

/** What can go around a transaction, in the words of a technology. */
export interface OutsideWords {
  /** `a write` */
  readonly what: string;
  /** `writes` */
  readonly plural: string;
  /** How it went around: `, through another connection`. @default nothing */
  readonly how?: string;
  /** What to do instead, one step a line. */
  readonly instead: readonly string[];
}

/** The calls of one attempt that were refused because they went around its transaction. */
export class OutsideRefusals {
  #first: OutsideTransactionError | undefined;

  constructor(
    private readonly attempt: { readonly scope: AttemptScope; readonly targetId: string },
    private readonly words: OutsideWords,
  ) {}

  /** Why the change fails, whatever error of its own it makes of it; undefined while nothing was refused. */
  get first(): OutsideTransactionError | undefined {
    return this.#first;
  }

  /** Notes a call. @returns the error to throw, that of the first one */
  refuse(call: string): OutsideTransactionError {
    return (this.#first ??= this.#errorOf(call));
  }

  /** @throws OutsideTransactionError when a call was refused, even if the change has caught that error */
  check(): void {
    if (this.#first) throw this.#first;
  }

  #errorOf(call: string): OutsideTransactionError {
    const { scope, targetId } = this.attempt;
    const { what, plural, how = '', instead } = this.words;
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
