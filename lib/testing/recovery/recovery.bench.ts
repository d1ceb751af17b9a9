import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { isTransactional, strategyOf } from '../../core/model/strategy.js';
import type { PairLocation, RecoveryPair } from './recovery.pair.js';
import { Scene } from './scene.js';

/** What the scenarios of one pair work with: one location for all, a namespace for each. */
export class RecoveryBench {
  #location: PairLocation | undefined;

  constructor(readonly pair: RecoveryPair) {}

  /** Creates the location, and checks that the pair is as its description says. */
  async start(): Promise<void> {
    this.#location = await this.pair.createLocation();
    await this.use(async ({ app: { pair }, location }) => {
      const { strategy, capabilities, breakOpen } = this.pair;
      assert.equal(strategyOf({}, pair.target, pair.store), strategy);
      const implicit = isTransactional(pair.target) && pair.target.commitsImplicitly;
      assert.equal(breakOpen !== undefined, implicit, 'breakOpen is required where commitsImplicitly');
      for (const capability of capabilities)
        assert.ok(location[capability], `the location cannot ${capability}`);
    });
  }

  async stop(): Promise<void> {
    await this.#location?.drop();
  }

  /** Runs a scenario in a namespace that nothing else uses. */
  async use(scenario: (scene: Scene) => Promise<void>): Promise<void> {
    if (!this.#location) throw new Error('the bench has not been started');
    const scene = await Scene.open(this.pair, this.#location, `ns-${randomUUID()}`);
    try {
      await scenario(scene);
    } finally {
      await scene.close();
    }
  }
}

/** Scenarios by name. A name begins with the scenario's id in the recovery table. */
export type Scenarios = Readonly<Record<string, (scene: Scene) => Promise<void>>>;
