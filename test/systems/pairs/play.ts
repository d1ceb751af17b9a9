import type { PairLocation, RecoveryPair } from 'nestjs-flamingock/testing';
import { RecoveryBench } from '../../../lib/testing/recovery/recovery.bench.js';
import type { Scene } from '../../../lib/testing/recovery/scene.js';

/** Plays one scenario of a pair in a place that is made for it. */
export async function play(
  pair: RecoveryPair,
  createLocation: () => Promise<PairLocation>,
  scenario: (scene: Scene) => Promise<void>,
): Promise<void> {
  const bench = new RecoveryBench({ ...pair, createLocation });
  await bench.start();
  try {
    await bench.use(scenario);
  } finally {
    await bench.stop();
  }
}
