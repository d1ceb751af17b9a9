import { afterAll, beforeAll, it } from '@jest/globals';
import type { ChangeSpec } from '../app/messages.js';
import type { StoreKind } from './databases.js';
import { deploy, type Deployment } from './deployment.js';
import type { TargetKind } from './targets.js';
import { Scenario } from './scenario.js';

const TEST_TIMEOUT_MS = 200_000;

/** Declares one row of the table of scenarios as a test; the rows of one `describe` run side by side. */
export type Row = (
  name: string,
  changes: readonly ChangeSpec[],
  work: (scenario: Scenario) => Promise<void>,
) => void;

/** Lends a piece of work the databases that it needs. */
type Lend = (work: (deployment: Deployment) => Promise<void>) => Promise<void>;

/**
 * Within a `describe`: its databases, made before its rows and removed after them.
 *
 * SQLite has one writer at a time: rows in one file would wait for each other's transactions, so each has its own.
 */
export function rowsOn(audit: StoreKind, target: TargetKind): Row {
  const lend = audit === 'sqlite' ? oneForEach(audit, target) : oneForAll(audit, target);
  return (name, changes, work) =>
    it.concurrent(name, () => lend((deployment) => play(deployment, changes, work)), TEST_TIMEOUT_MS);
}

function oneForAll(audit: StoreKind, target: TargetKind): Lend {
  let deployment: Deployment | undefined;
  beforeAll(async () => {
    deployment = await deploy(audit, target);
  }, TEST_TIMEOUT_MS);
  afterAll(() => deployment?.close(), TEST_TIMEOUT_MS);
  return (work) => {
    if (!deployment) throw new Error('the databases of this suite could not be made');
    return work(deployment);
  };
}

function oneForEach(audit: StoreKind, target: TargetKind): Lend {
  return async (work) => {
    const deployment = await deploy(audit, target);
    try {
      await work(deployment);
    } finally {
      await deployment.close();
    }
  };
}

async function play(
  deployment: Deployment,
  changes: readonly ChangeSpec[],
  work: (scenario: Scenario) => Promise<void>,
): Promise<void> {
  const scenario = new Scenario(deployment, changes);
  try {
    await work(scenario);
  } finally {
    await scenario.end();
  }
}

/** A change on the target system of the scenario. */
export function change(id: string, spec: Partial<ChangeSpec> = {}): ChangeSpec {
  return { id, target: 'target', ...spec };
}

/** The whole effect that one attempt of a change leaves. */
export function whole(changeId: string, attempt = 1): string[] {
  return [`${changeId}/first#${attempt}`, `${changeId}/second#${attempt}`];
}
