import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { isTransactional, strategyOf } from '../../core/strategy.js';
import type { PairPlace, RecoveryPair } from './recovery.pair.js';
import { Scene } from './scene.js';

/** What the scenarios of one pair work with: one place for all, a namespace for each. */
export class RecoveryBench {
  private place: PairPlace | undefined;

  constructor(readonly pair: RecoveryPair) {}

  /** Makes the place, and checks that the pair is what it says. */
  async start(): Promise<void> {
    this.place = await this.pair.createPlace();
    await this.use(async ({ app: { pair }, place }) => {
      const { strategy, capabilities, breakOpen } = this.pair;
      assert.equal(strategyOf({}, pair.target, pair.store), strategy);
      const implicit = isTransactional(pair.target) && pair.target.commitsImplicitly;
      assert.equal(breakOpen !== undefined, implicit, 'breakOpen is required where commitsImplicitly');
      for (const capability of capabilities) assert.ok(place[capability], `the place cannot ${capability}`);
    });
  }

  async stop(): Promise<void> {
    await this.place?.drop();
  }

  /** Plays a scenario in a namespace that nothing else uses. */
  async use(scenario: (scene: Scene) => Promise<void>): Promise<void> {
    if (!this.place) throw new Error('the bench has not been started');
    const scene = await Scene.open(this.pair, this.place, `ns-${randomUUID()}`);
    try {
      await scenario(scene);
    } finally {
      await scene.close();
    }
  }
}

/** Scenarios by name, which begins with their id in the table of recovery. */
export type Scenarios = Readonly<Record<string, (scene: Scene) => Promise<void>>>;
