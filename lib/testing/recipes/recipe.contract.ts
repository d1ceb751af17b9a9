import { strict as assert } from 'node:assert';
import type { AttemptScope, PreviewableTargetSystem } from '../../core/model/target-system.js';
import { CONTRACT_TIMEOUT_MS, type ContractRunner } from '../contract-runner.js';
import { newAttempt, perform, preview, undo } from './attempt.js';
import type { RecipeCase, RecipeHarness } from './recipe.harness.js';

/**
 * Registers the tests that every recipe must pass, on its real server. Its preview changes nothing and lists what would change.
 * Applied twice, it leaves the same state. Undone, it restores the state before, or says why it cannot.
 *
 * @example recipeContract({ describe, it, beforeAll, afterAll }, harness);
 */
export function recipeContract(runner: ContractRunner, harness: RecipeHarness): void {
  runner.describe(`recipes: ${harness.name}`, () => {
    let target: PreviewableTargetSystem;
    runner.beforeAll(async () => void (target = await harness.start()), CONTRACT_TIMEOUT_MS);
    runner.afterAll(() => harness.stop(), CONTRACT_TIMEOUT_MS);
    for (const [name, recipe] of Object.entries(harness.cases))
      runner.it(name, () => provesItself(target, recipe), CONTRACT_TIMEOUT_MS);
  });
}

async function provesItself(target: PreviewableTargetSystem, recipe: RecipeCase): Promise<void> {
  await recipe.prepare?.();
  const before = await recipe.state();
  await previewsOnly(target, recipe, before);
  const attempt = newAttempt();
  const performed = await perform(target, attempt, recipe.operation);
  assert.equal(performed.length, 1, 'it is kept as one operation');
  const after = await recipe.state();
  assert.notDeepEqual(after, before, 'it has an effect');
  await perform(target, attempt, recipe.operation);
  assert.deepEqual(await recipe.state(), after, 'done twice, the same state');
  await isPutBack(target, recipe, attempt, recipe.irreversible ? after : before);
}

async function previewsOnly(
  target: PreviewableTargetSystem,
  recipe: RecipeCase,
  before: unknown,
): Promise<void> {
  const [noted, ...more] = await preview(target, recipe.operation);
  assert.deepEqual(more, [], 'one operation, one line');
  assert.match(noted?.summary ?? '', /^\S[^\n]*$/);
  assert.notEqual(noted?.differences?.length ?? 0, 0, 'the preview says what would change');
  assert.match(noted?.irreversible ?? '', recipe.irreversible ?? /^$/);
  assert.deepEqual(await recipe.state(), before, 'a preview changes nothing');
}

async function isPutBack(
  target: PreviewableTargetSystem,
  { irreversible, state }: RecipeCase,
  attempt: AttemptScope,
  expected: unknown,
): Promise<void> {
  if (irreversible) await assert.rejects(undo(target, attempt), irreversible);
  else await undo(target, attempt);
  assert.deepEqual(await state(), expected, irreversible ? 'what can not be put back stays' : 'put back');
  if (irreversible) return;
  await undo(target, attempt);
  assert.deepEqual(await state(), expected, 'put back twice, the same state');
}
