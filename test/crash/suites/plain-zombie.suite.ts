import { expect } from '@jest/globals';
import type { ChangeSpec } from '../app/messages.js';
import { change, whole, type Row } from '../harness/rows.js';
import { expectLost, TAKEN_OVER, TIMELESS } from './zombie.js';

/** E07 without transactions: what reached the target before the freeze stays, nothing comes after it. */
export function plainZombieSuite(row: Row, common: Partial<ChangeSpec> = {}): void {
  const retry = change('a', { ...common, recovery: 'always-retry' });
  const b = change('b', common);
  row('E07 frozen mid-change: its client calls are refused', [retry, b], async (scenario) => {
    const zombie = await scenario.pauseAt('a apply half done');
    zombie.freeze();
    expect((await scenario.do()).outcomes).toEqual({ a: 'applied', b: 'applied' });

    const result = await zombie.thaw();
    expectLost(result, 'it could not be renewed in time');
    expect(result.steps).not.toContain('a apply done');
    expect(await scenario.rows('a')).toEqual(TAKEN_OVER);
    expect(await scenario.effects()).toEqual(['a/first#1', ...whole('a', 2), ...whole('b')]);
    await scenario.expectRest();
  });

  for (const [step, fails] of [
    ['before APPLIED a + STARTED b', false],
    ['before FAILED a', true],
  ] as const)
    row(`E07 unaware, ${step}: refused by the server`, [retry, b], async (scenario) => {
      const changes = [{ ...retry, fails }, b];
      const zombie = await scenario.pauseAt(step, { ...TIMELESS, changes });
      const left = await scenario.effects();
      expect((await scenario.do()).outcomes).toEqual({ a: 'applied', b: 'applied' });

      const result = await zombie.thaw();
      expectLost(result, 'another process took it');
      expect(result.steps).not.toContain('a rollback begins');
      expect(await scenario.rows('a')).toEqual(TAKEN_OVER);
      expect(await scenario.effects()).toEqual([...left, ...whole('a', 2), ...whole('b')].sort());
      await scenario.expectRest();
    });
}
