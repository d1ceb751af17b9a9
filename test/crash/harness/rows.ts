import { afterAll, beforeAll, it } from '@jest/globals';
import type { ChangeSpec } from '../app/messages.js';
import type { StoreKind } from './databases.js';
import { deploy, type Deployment, type TargetKind } from './deployment.js';
import { Scenario } from './scenario.js';

const TEST_TIMEOUT_MS = 100_000;

/** Declares one row of the table of scenarios as a test; the rows of one `describe` run side by side. */
export type Row = (
  name: string,
  changes: readonly ChangeSpec[],
  work: (scenario: Scenario) => Promise<void>,
) => void;

/**
 * Within a `describe`: its databases, made before its rows and removed after them.
 *
 * SQLite has one writer at a time, so there the rows would wait for each other's transactions: they run one by one.
 */
export function rowsOn(audit: StoreKind, target: TargetKind): Row {
  const declare = audit === 'sqlite' ? it : it.concurrent;
  let deployment: Deployment | undefined;
  beforeAll(async () => {
    deployment = await deploy(audit, target);
  }, TEST_TIMEOUT_MS);
  afterAll(() => deployment?.close(), TEST_TIMEOUT_MS);

  return (name, changes, work) =>
    declare(
      name,
      async () => {
        if (!deployment) throw new Error('the databases of this suite could not be made');
        const scenario = new Scenario(deployment, changes);
        try {
          await work(scenario);
        } finally {
          await scenario.end();
        }
      },
      TEST_TIMEOUT_MS,
    );
}

/** A change on the target system of the scenario. */
export function change(id: string, spec: Partial<ChangeSpec> = {}): ChangeSpec {
  return { id, target: 'target', ...spec };
}

/** The whole effect that one attempt of a change leaves. */
export function whole(changeId: string, attempt = 1): string[] {
  return [`${changeId}/first#${attempt}`, `${changeId}/second#${attempt}`];
}
