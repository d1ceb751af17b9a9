import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Child } from '../harness/child.js';
import type { StoreKind } from '../harness/databases.js';
import { deploy, type Deployment } from '../harness/deployment.js';
import type { TargetKind } from '../harness/targets.js';
import { change, whole } from '../harness/rows.js';
import { Scenario } from '../harness/scenario.js';

const CHANGES = Array.from({ length: 20 }, (_, index) => change(`c${String(index + 1).padStart(2, '0')}`));
const TIMEOUT_MS = 120_000;

/** E11: many replicas of an app boot at once, on a database that has nothing of ours yet. */
export function bootSuite(audit: StoreKind, target: TargetKind, processes = 16): void {
  describe(`${processes} processes boot at once: ${audit}, ${target}`, () => {
    let deployment: Deployment;
    beforeAll(async () => {
      deployment = await deploy(audit, target);
    }, TIMEOUT_MS);
    afterAll(() => deployment?.close(), TIMEOUT_MS);

    it(
      `E11 each of ${CHANGES.length} changes runs once, all processes end ready`,
      async () => {
        const scenario = new Scenario(deployment, CHANGES);
        try {
          await bootAll(scenario, processes);
        } finally {
          await scenario.end();
        }
      },
      TIMEOUT_MS,
    );
  });
}

async function bootAll(scenario: Scenario, processes: number): Promise<void> {
  const names = Array.from({ length: processes }, (_, index) => `replica-${index}`);
  const replicas = await Promise.all(names.map((name) => scenario.start(name)));
  const results = await Promise.all(
    replicas.map((replica: Child, index) => replica.do(scenario.job({ host: names[index] }))),
  );
  const bad = results.filter(({ status }) => status !== 'succeeded' && status !== 'nothing-to-do');
  expect(bad).toEqual([]);
  const calls = results.flatMap(({ steps }) => steps.filter((step) => step.endsWith('apply begins')));
  expect(calls.sort()).toEqual(CHANGES.map(({ id }) => `${id} apply begins`));
  const states = (await scenario.entries()).map(({ changeId, state }) => `${changeId} ${state}`);
  expect(states.sort()).toEqual(CHANGES.flatMap(({ id }) => [`${id} APPLIED`, `${id} STARTED`]));
  expect(await scenario.effects()).toEqual(CHANGES.flatMap(({ id }) => whole(id)));
  await scenario.expectRest();
}
