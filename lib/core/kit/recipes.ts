import { TargetSystemError } from '../model/errors.js';
import type { Difference, Reversal } from '../model/recipe.js';
import type { AttemptScope } from '../model/target-system.js';
import type { ClientGate } from './attempt-gate.js';

/** A recipe that an attempt has begun. */
export interface PerformedRecipe<Session> {
  readonly operation: string;
  readonly summary: string;
  readonly differences: readonly Difference[];
  readonly before: unknown;
  readonly reversal: Reversal<Session>;
}

/** The recipes of one attempt on a target system. */
export interface AttemptRecipes<Session> {
  /** False when `@Apply` of the attempt ran in another process or an earlier call, so that `performed` lacks what it did. */
  readonly seen: boolean;
  /** Oldest first. */
  readonly performed: PerformedRecipe<Session>[];
}

/** Identifies an attempt. */
export function attemptName({ namespace, executionId, changeId, attempt }: AttemptScope): string {
  return JSON.stringify([namespace, executionId, changeId, attempt]);
}

/** Remembers the recipes of the latest attempt on a target system, so that `@Rollback` can undo those of `@Apply`. */
export class RecipeLedger<Session> {
  #attempt = '';
  #performed: PerformedRecipe<Session>[] = [];

  /** Called each time that an attempt gets clients. @returns its earlier recipes; empty for a new attempt */
  open(scope: AttemptScope): AttemptRecipes<Session> {
    const name = attemptName(scope);
    const seen = name === this.#attempt;
    if (!seen) this.#performed = [];
    this.#attempt = name;
    return { seen, performed: this.#performed };
  }
}

/** What undoing the recipes of an attempt takes. */
export interface RecipesParts {
  readonly targetId: string;
  readonly gate: Pick<ClientGate, 'perform'>;
}

/**
 * The recipes that the running attempt performed on its target system: operations that know their way back.
 * Every target system with recipes has this client; a change asks for it by its type.
 */
export abstract class Recipes {
  /** One line for each recipe that had something to change, oldest first. */
  abstract readonly performed: readonly string[];

  /**
   * For `@Rollback`: undoes the recipes of this attempt, newest first. When one of them can't be undone, none is.
   *
   * @throws TargetSystemError that lists all recipes that can't be undone; or when `@Apply` ran in another execution, as in a later
   *   `undo()` of a change: then its recipes are not known
   */
  abstract undo(): Promise<void>;
}

/** The client `Recipes` of one attempt. Each undo passes the attempt's gate. */
export function recipesOf<Session>(
  session: Session,
  { seen, performed }: AttemptRecipes<Session>,
  { targetId, gate }: RecipesParts,
): Recipes {
  return new (class extends Recipes {
    get performed(): readonly string[] {
      return performed.map(({ summary }) => summary);
    }

    async undo(): Promise<void> {
      if (!seen && performed.length === 0) throw neverSeen(targetId);
      refuseIrreversible(performed, targetId);
      for (const { reversal } of performed.toReversed())
        if (reversal.possible) await gate.perform(reversal.summary, () => reversal.perform(session));
    }
  })();
}

/** The client `Recipes` outside any change: only to match parameters with. Every use calls `refuse`. */
export function idleRecipes(refuse: () => never): Recipes {
  return new (class extends Recipes {
    get performed(): never {
      return refuse();
    }

    undo(): never {
      return refuse();
    }
  })();
}

function refuseIrreversible(performed: readonly PerformedRecipe<never>[], targetId: string): void {
  const stuck = performed.flatMap(({ summary, reversal }) =>
    reversal.possible ? [] : [`${summary}: ${reversal.reason}`],
  );
  if (stuck.length === 0) return;
  throw new TargetSystemError(
    `recipes.undo() on target system '${targetId}' put nothing back, because this can't be: ${stuck.join('; ')}`,
    { fix: ['put the rest back by hand in @Rollback, or say rollback: "none" in @Change'] },
  );
}

function neverSeen(targetId: string): TargetSystemError {
  return new TargetSystemError(
    `recipes.undo() on target system '${targetId}' knows nothing of what @Apply did: that was another execution.`,
    {
      fix: ['write the steps that put it back in @Rollback, for undo() of a change that was applied earlier'],
    },
  );
}
