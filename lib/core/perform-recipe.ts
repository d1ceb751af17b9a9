import type { ClientGate } from './client-gate.js';
import type { NotePreviewed } from './previewed-operation.js';
import type { PerformRecipe } from './recipe.js';
import type { PerformedRecipe } from './recipe-ledger.js';

/** What doing operations takes. */
export interface PerformingParts<Session> {
  readonly session: Session;
  readonly gate: Pick<ClientGate, 'perform'>;
  /** Asked once more, right before the effect. */
  guard(): void;
  /** Gets each operation before its effect: one that fails half-way is to be put back too. */
  readonly performed: PerformedRecipe<Session>[];
}

/** Does operations through a gate, and keeps how each is put back. One that has nothing to change is not done. */
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
        // Putting it back would take away what somebody else did.
        if (recipe.wasRefused?.(error)) performed.splice(performed.indexOf(entry), 1);
        throw error;
      });
    });
}

/** Reads, through a gate, and tells what would be done. Writes nothing. */
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
