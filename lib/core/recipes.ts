import type { ClientGate } from './client-gate.js';
import { TargetSystemError } from './errors.js';
import type { AttemptRecipes, PerformedRecipe } from './recipe-ledger.js';

/** What putting an attempt's operations back takes. */
export interface RecipesParts {
  readonly targetId: string;
  readonly gate: Pick<ClientGate, 'perform'>;
}

/**
 * What the running attempt did to its target system by operations that know how they are put back.
 * A client of every target system that has such operations: ask for it by its type.
 */
export abstract class Recipes {
  /** One line for each operation that had something to change, oldest first. */
  abstract readonly performed: readonly string[];

  /**
   * Puts back what this attempt's operations changed, newest first: for `@Rollback`. Where one can't be put back, nothing is.
   *
   * @throws TargetSystemError that lists all operations that can't be put back; or when this process did not see the change
   *   being applied, as in a later `undo()`: then nothing is known of it
   */
  abstract undo(): Promise<void>;
}

/** The recipes of one attempt, undone through its gate. */
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

/** As `clients()` of a target system needs it, to match parameters with. */
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
