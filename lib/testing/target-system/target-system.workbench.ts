import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TargetSystem } from '../../core/model/target-system.js';
import type { AnyTargetHarness, ConnectedTarget, Effect, TargetLocation } from './target-system.harness.js';

/** What the tests of one target system work with: one location for all, a name for each effect. */
export class TargetSystemWorkbench<T extends TargetSystem = TargetSystem> {
  #location: TargetLocation<T> | undefined;

  constructor(readonly harness: AnyTargetHarness<T>) {}

  get effects(): (readonly [string, Effect])[] {
    return Object.entries(this.harness.effects);
  }

  /** The first way to make an effect: through the main client. */
  get effect(): Effect {
    const [first] = this.effects;
    assert.ok(first, 'the harness must name at least one effect');
    return first[1];
  }

  async start(): Promise<void> {
    this.#location = await this.harness.createLocation();
  }

  async stop(): Promise<void> {
    await this.#location?.drop();
  }

  /** A name that no other test has. */
  unique(): string {
    return `n-${randomUUID()}`;
  }

  /** `count` instances on the shared location. */
  use(count: number, work: (targets: readonly T[]) => Promise<void>): Promise<void> {
    return useTargets(this.#common(), count, work);
  }

  /** One instance on the shared location. */
  useOne(work: (target: T) => Promise<void>): Promise<void> {
    return this.use(1, ([target]) => work(target as T));
  }

  /** `count` instances on a new, empty location. */
  async useFresh(count: number, work: (targets: readonly T[]) => Promise<void>): Promise<void> {
    const location = await this.harness.createLocation();
    try {
      await useTargets(location, count, work);
    } finally {
      await location.drop();
    }
  }

  /** Whether everybody can see the effect. */
  async has(name: string): Promise<boolean> {
    return (await this.#common().effects()).includes(name);
  }

  /** Asserts that the effect is not there, and does not appear a little later. */
  async staysWithout(name: string): Promise<void> {
    await sleep(100);
    assert.equal(await this.has(name), false, `the effect '${name}' has reached the target system`);
  }

  #common(): TargetLocation<T> {
    if (!this.#location) throw new Error('the workbench has not been started');
    return this.#location;
  }
}

async function useTargets<T extends TargetSystem>(
  location: TargetLocation<T>,
  count: number,
  work: (targets: readonly T[]) => Promise<void>,
): Promise<void> {
  const connected: ConnectedTarget<T>[] = [];
  try {
    while (connected.length < count) connected.push(await location.connect());
    await work(connected.map(({ target }) => target));
  } finally {
    await Promise.all(connected.map((one) => one.close()));
  }
}
