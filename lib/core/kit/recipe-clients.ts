import type { NotePreviewed, PerformRecipe } from '../model/recipe.js';
import type { ClientGate } from './attempt-gate.js';
import { type AttemptRecipes, type PerformedRecipe, type Recipes, recipesOf } from './recipes.js';

/** Where the recipes of an attempt act. */
export interface RecipeSite<Session> {
  readonly targetId: string;
  readonly session: Session;
  readonly gate: Pick<ClientGate, 'perform'>;
  /** Asked again right before an effect. @throws when the effect must not happen */
  guard(): void;
}

/** What a target system with recipes gives to a change. */
export interface RecipeClients<Session> {
  /** What each method that changes something calls. */
  readonly perform: PerformRecipe<Session>;
  /** The client under the class `Recipes`. */
  readonly recipes: Recipes;
}

/** For `connect`: recipes are performed and remembered. @param attempt - what the target system's `RecipeLedger` opened */
export function recipesInAttempt<Session>(
  site: RecipeSite<Session>,
  attempt: AttemptRecipes<Session>,
): RecipeClients<Session> {
  const { session, gate } = site;
  const guard = (): void => site.guard();
  return {
    perform: performingRecipes({ session, gate, guard, performed: attempt.performed }),
    recipes: recipesOf(session, attempt, site),
  };
}

/** For `preview`: recipes are reported to `note`; none is performed, so there is nothing to undo. */
export function recipesInPreview<Session>(
  site: Omit<RecipeSite<Session>, 'guard'>,
  note: NotePreviewed,
): RecipeClients<Session> {
  const { session, gate } = site;
  return {
    perform: previewingRecipes(session, note, gate),
    recipes: recipesOf(session, { seen: true, performed: [] }, site),
  };
}

/** What performing recipes takes. */
export interface PerformingParts<Session> {
  readonly session: Session;
  readonly gate: Pick<ClientGate, 'perform'>;
  /** Asked again right before the effect. @throws when the effect must not happen */
  guard(): void;
  /** Gets each recipe before its effect, because one that fails half-way must be undone too. */
  readonly performed: PerformedRecipe<Session>[];
}

/** Performs recipes through a gate and remembers the way back of each. Skips a recipe that has nothing to change. */
export function performingRecipes<Session>(parts: PerformingParts<Session>): PerformRecipe<Session> {
  const { session, gate, performed } = parts;
  return (recipe, input) =>
    gate.perform(recipe.describe(input), async () => {
      const before = await recipe.read(session, input);
      const differences = recipe.compare(input, before);
      if (differences.length === 0) return recipe.expect(input, before);
      parts.guard();
      const { operation } = recipe;
      const summary = recipe.describe(input);
      const entry = { operation, summary, differences, before, reversal: recipe.reverse(before) };
      performed.push(entry);
      return recipe.apply(session, input, before).catch((error: unknown) => {
        // The recipe changed nothing, and undoing it could remove what somebody else made.
        if (recipe.wasRefused?.(error)) performed.splice(performed.indexOf(entry), 1);
        throw error;
      });
    });
}

/** Reports to `note` what recipes would do. Reads through a gate and writes nothing. */
export function previewingRecipes<Session>(
  session: Session,
  note: NotePreviewed,
  gate: Pick<ClientGate, 'perform'>,
): PerformRecipe<Session> {
  return (recipe, input) =>
    gate.perform(recipe.describe(input), async () => {
      const before = await recipe.read(session, input);
      const differences = recipe.compare(input, before);
      const reversal = recipe.reverse(before);
      const irreversible = !reversal.possible && differences.length > 0 && { irreversible: reversal.reason };
      note({ summary: recipe.describe(input), differences, ...irreversible });
      return recipe.expect(input, before);
    });
}
