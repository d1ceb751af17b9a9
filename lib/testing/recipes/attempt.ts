import { randomUUID } from 'node:crypto';
import { Recipes } from '../../core/recipes.js';
import type { PreviewedOperation } from '../../core/previewed-operation.js';
import type { AttemptScope, Clients, PreviewableTargetSystem } from '../../core/target-system.js';
import { attemptScope } from '../target-system/attempt-scope.sample.js';

type Work = (clients: Clients) => Promise<unknown>;

/** An attempt of its own that no other test has. */
export function newAttempt(): AttemptScope {
  return attemptScope({ executionId: randomUUID() });
}

/** Lets an attempt do something. @returns what the target system keeps of what it did */
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

/** Puts back what the attempt did, as its `@Rollback` would. */
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
