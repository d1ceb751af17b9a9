import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import assert from 'node:assert/strict';
import type { TargetSystem } from '../../core/target-system.js';
import type { AnyTargetHarness, ConnectedTarget, Effect, TargetPlace } from './target-system.harness.js';

/** What the tests of one target system work with: one place for all, a name for each effect. */
export class TargetSystemWorkbench<T extends TargetSystem = TargetSystem> {
  private place: TargetPlace<T> | undefined;

  constructor(readonly harness: AnyTargetHarness<T>) {}

  get effects(): (readonly [string, Effect])[] {
    return Object.entries(this.harness.effects);
  }

  /** The first way to bring about an effect: the main client's. */
  get effect(): Effect {
    const [first] = this.effects;
    assert.ok(first, 'the harness must name at least one effect');
    return first[1];
  }

  async start(): Promise<void> {
    this.place = await this.harness.createPlace();
  }

  async stop(): Promise<void> {
    await this.place?.drop();
  }

  /** A name that no other test has. */
  unique(): string {
    return `n-${randomUUID()}`;
  }

  /** `count` instances on the common place. */
  use(count: number, work: (targets: readonly T[]) => Promise<void>): Promise<void> {
    return useTargets(this.common(), count, work);
  }

  /** One instance on the common place. */
  useOne(work: (target: T) => Promise<void>): Promise<void> {
    return this.use(1, ([target]) => work(target as T));
  }

  /** `count` instances on a place in which nothing has been. */
  async useFresh(count: number, work: (targets: readonly T[]) => Promise<void>): Promise<void> {
    const place = await this.harness.createPlace();
    try {
      await useTargets(place, count, work);
    } finally {
      await place.drop();
    }
  }

  /** Whether the effect is there for everybody to see. */
  async has(name: string): Promise<boolean> {
    return (await this.common().effects()).includes(name);
  }

  /** Asserts that the effect is not there, and does not come a little later. */
  async staysWithout(name: string): Promise<void> {
    await sleep(100);
    assert.equal(await this.has(name), false, `the effect '${name}' has reached the target system`);
  }

  private common(): TargetPlace<T> {
    if (!this.place) throw new Error('the workbench has not been started');
    return this.place;
  }
}

async function useTargets<T extends TargetSystem>(
  place: TargetPlace<T>,
  count: number,
  work: (targets: readonly T[]) => Promise<void>,
): Promise<void> {
  const connected: ConnectedTarget<T>[] = [];
  try {
    while (connected.length < count) connected.push(await place.connect());
    await work(connected.map(({ target }) => target));
  } finally {
    await Promise.all(connected.map((one) => one.close()));
  }
}
