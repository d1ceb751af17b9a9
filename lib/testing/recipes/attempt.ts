import { randomUUID } from 'node:crypto';
import { Recipes } from '../../core/kit/recipes.js';
import type { PreviewedOperation } from '../../core/model/recipe.js';
import type { AttemptScope, Clients, PreviewableTargetSystem } from '../../core/model/target-system.js';
import { attemptScope } from '../target-system/attempt-scope.sample.js';

type Work = (clients: Clients) => Promise<unknown>;

/** An attempt of its own that no other test has. */
export function newAttempt(): AttemptScope {
  return attemptScope({ executionId: randomUUID() });
}

/** Runs `work` in an attempt. @returns the operations that the target system has recorded of it */
export function perform(
  target: PreviewableTargetSystem,
  scope: AttemptScope,
  work: Work,
): Promise<readonly string[]> {
  return target.connect(scope, async (clients) => {
    await work(clients);
    return recipesAmong(clients).performed;
  });
}

/** Undoes what the attempt did, as its `@Rollback` does. */
export function undo(target: PreviewableTargetSystem, scope: AttemptScope): Promise<void> {
  return target.connect(scope, (clients) => recipesAmong(clients).undo());
}

export async function preview(target: PreviewableTargetSystem, work: Work): Promise<PreviewedOperation[]> {
  const noted: PreviewedOperation[] = [];
  await target.preview(
    newAttempt(),
    (operation) => noted.push(operation),
    async (clients) => void (await work(clients)),
  );
  return noted;
}

function recipesAmong(clients: Clients): Recipes {
  const found = clients.map(({ instance }) => instance).find((instance) => instance instanceof Recipes);
  if (found === undefined) throw new Error('The target system has no client Recipes.');
  return found;
}
