import { expect } from '@jest/globals';
import { change, whole, type Row } from '../harness/rows.js';

const A = change('a');

/** C01 and C12: killed with the lock in hand, but nothing under way. For every way a change runs. */
export function lockSuite(row: Row): void {
  row('C01 the lock is taken, S is not written', [A], async (scenario) => {
    const next = await scenario.survivor;
    await scenario.killAt('after acquire', { leaseMs: 6_000 });
    expect(await scenario.rows('a')).toEqual([]);

    const result = await next.do(scenario.job());
    expect(result.outcomes).toEqual({ a: 'applied' });
    expect(result.waited).toEqual([{ host: 'victim', until: expect.stringMatching(/Z$/), inProgress: [] }]);
    expect(await scenario.rows('a')).toEqual(['STARTED', 'APPLIED']);
    expect(await scenario.effects()).toEqual(whole('a'));
    await scenario.expectRest();
  });

  row('C12 after the last A, the lock is not released', [A], async (scenario) => {
    await scenario.killAt('before release', { leaseMs: 600_000 });
    expect(await scenario.rows('a')).toEqual(['STARTED', 'APPLIED']);
    expect(await scenario.effects()).toEqual(whole('a'));

    await scenario.expectRest();
    expect((await scenario.store.snapshot()).holder).toMatchObject({ host: 'victim' });
    expect(await scenario.rows('a')).toEqual(['STARTED', 'APPLIED']);
  });
}
