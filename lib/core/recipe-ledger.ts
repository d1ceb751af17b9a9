import type { Difference, Reversal } from './recipe.js';
import type { AttemptScope } from './target-system.js';

/** An operation that an attempt began. */
export interface PerformedRecipe<Session> {
  readonly operation: string;
  readonly summary: string;
  readonly differences: readonly Difference[];
  readonly before: unknown;
  readonly reversal: Reversal<Session>;
}

/** What one attempt did to a target system, oldest first. */
export interface AttemptRecipes<Session> {
  /** False when this process did not see the attempt's `@Apply`: what that did is not in `performed`. */
  readonly seen: boolean;
  readonly performed: PerformedRecipe<Session>[];
}

/** What the latest attempt on a target system did, over all the times it is given clients: `@Rollback` finds what `@Apply` left. */
export class RecipeLedger<Session> {
  #attempt = '';
  #performed: PerformedRecipe<Session>[] = [];

  /** Called once each time that an attempt is given clients. */
  open({ namespace, executionId, changeId, attempt }: AttemptScope): AttemptRecipes<Session> {
    const name = JSON.stringify([namespace, executionId, changeId, attempt]);
    const seen = name === this.#attempt;
    if (!seen) this.#performed = [];
    this.#attempt = name;
    return { seen, performed: this.#performed };
  }
}
