import type { Verdict } from '../../../lib/core/model/change.js';

/** Which attempt of which change, by which run. */
export interface AttemptKey {
  readonly executionId: string;
  readonly changeId: string;
  readonly attempt: number;
}

/** What really happened within one attempt, as the change itself saw it. */
export interface AttemptFacts {
  /** It sent at least one call that changes something. */
  acted: boolean;
  /** Something that it did is durable. */
  tookEffect: boolean;
  applyReturned: boolean;
  rollbackReturned: boolean;
  /** The last answer of `verify`. */
  verdict: Verdict | undefined;
  /** The store answered that it will not record something about it. */
  refused: boolean;
}

/** The facts of every attempt. */
export class Facts {
  readonly #all = new Map<string, AttemptFacts>();

  of({ executionId, changeId, attempt }: AttemptKey): AttemptFacts {
    const key = `${executionId} ${changeId} ${attempt}`;
    let facts = this.#all.get(key);
    if (!facts) {
      facts = {
        acted: false,
        tookEffect: false,
        applyReturned: false,
        rollbackReturned: false,
        verdict: undefined,
        refused: false,
      };
      this.#all.set(key, facts);
    }
    return facts;
  }
}
