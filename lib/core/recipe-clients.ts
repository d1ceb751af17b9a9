import type { ClientGate } from './client-gate.js';
import { performingRecipes, previewingRecipes } from './perform-recipe.js';
import type { NotePreviewed } from './previewed-operation.js';
import type { PerformRecipe } from './recipe.js';
import type { AttemptRecipes } from './recipe-ledger.js';
import { type Recipes, recipesOf } from './recipes.js';

/** Where the operations of an attempt act. */
export interface RecipeSite<Session> {
  readonly targetId: string;
  readonly session: Session;
  readonly gate: Pick<ClientGate, 'perform'>;
  /** Asked once more, right before an effect. */
  guard(): void;
}

/** What a target system with recipes gives to a change. */
export interface RecipeClients<Session> {
  /** What each mutating method of its client calls. */
  readonly perform: PerformRecipe<Session>;
  /** The client under the class `Recipes`. */
  readonly recipes: Recipes;
}

/** For `connect`. @param attempt - what the target system's `RecipeLedger` opened */
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

/** For `preview`: operations are told to `note`; none is performed, so there is nothing to put back. */
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
