import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ChangeSpec } from '../app/messages.js';
import type { StoreKind } from '../harness/databases.js';
import { deploy, type Deployment } from '../harness/deployment.js';
import type { TargetKind } from '../harness/targets.js';
import { change, whole } from '../harness/rows.js';
import { Scenario } from '../harness/scenario.js';
import { sideBySide } from '../harness/side-by-side.js';

const TIMEOUT_MS = 900_000;
/** They wait for leases most of the time. */
const AT_ONCE = 10;

/** One app with a change on each of several target systems, in this order, killed at each step of its run, or only around its commits. */
export function mixedSuite(
  audit: StoreKind,
  targets: Readonly<Record<string, TargetKind>>,
  killedAt: 'every step' | 'around commits' = 'every step',
): void {
  const changes = Object.keys(targets).map((target) => change(`on-${target}`, { target }));
  describe(`killed: audit in ${audit}, changes on ${Object.keys(targets).join(', ')}`, () => {
    let deployment: Deployment;
    beforeAll(async () => {
      deployment = await deploy(audit, targets);
    }, TIMEOUT_MS);
    afterAll(() => deployment?.close(), TIMEOUT_MS);

    it(
      'at whatever step a run is killed, the next one ends well without a person, each effect there once',
      async () => {
        const all = await stepsOfRun(deployment, changes);
        const steps = killedAt === 'every step' ? all : all.filter((step) => / commit /.test(step));
        const ends = await sideBySide(steps, AT_ONCE, (step) => endOf(deployment, changes, step));
        expect(ends).toEqual(steps.map((step) => `killed at '${step}': whole`));
      },
      TIMEOUT_MS,
    );
  });
}

/** What a run announces that nobody disturbs. */
async function stepsOfRun(
  deployment: Deployment,
  changes: readonly ChangeSpec[],
): Promise<readonly string[]> {
  return inScenario(deployment, changes, async (scenario) => {
    const { status, steps } = await scenario.do();
    expect(status).toBe('succeeded');
    expect(await scenario.effects()).toEqual(changes.flatMap(({ id }) => whole(id)).sort());
    const inEach = ['apply begins', 'apply half done', 'apply done'];
    const wanted = changes.flatMap(({ id }) => [
      ...inEach.map((step) => `${id} ${step}`),
      `before commit ${id}`,
      `after commit ${id}`,
    ]);
    expect(steps).toEqual(expect.arrayContaining(['after acquire', ...wanted, 'before release']));
    expect(new Set(steps).size).toBe(steps.length);
    return steps;
  });
}

async function endOf(deployment: Deployment, changes: readonly ChangeSpec[], step: string): Promise<string> {
  try {
    await inScenario(deployment, changes, (scenario) => killAndRunAgain(scenario, changes, step));
    return `killed at '${step}': whole`;
  } catch (error) {
    return `killed at '${step}': ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function killAndRunAgain(
  scenario: Scenario,
  changes: readonly ChangeSpec[],
  step: string,
): Promise<void> {
  await scenario.killAt(step);
  const isDone = (await attemptsApplied(scenario)).size === changes.length;
  const { status, error } = await scenario.do();
  expect({ status, error }).toEqual({ status: isDone ? 'nothing-to-do' : 'succeeded', error: undefined });
  const attempts = await attemptsApplied(scenario);
  const once = changes.flatMap(({ id }) => whole(id, attempts.get(id)));
  expect(await scenario.effects()).toEqual(once.sort());
  await scenario.expectRest();
}

/** Which attempt of each change is on record as applied. @throws when there are two */
async function attemptsApplied(scenario: Scenario): Promise<ReadonlyMap<string, number>> {
  const applied = (await scenario.entries()).filter(({ state }) => state === 'APPLIED');
  const attempts = new Map(applied.map(({ changeId, attempt }) => [changeId, attempt]));
  expect(attempts.size).toBe(applied.length);
  return attempts;
}

async function inScenario<T>(
  deployment: Deployment,
  changes: readonly ChangeSpec[],
  work: (scenario: Scenario) => Promise<T>,
): Promise<T> {
  const scenario = new Scenario(deployment, changes);
  try {
    return await work(scenario);
  } finally {
    await scenario.end();
  }
}
