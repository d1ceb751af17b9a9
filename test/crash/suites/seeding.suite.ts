import { expect } from '@jest/globals';
import { change, type Row } from '../harness/rows.js';

const CHANGES = [change('a', { verify: 'looks' })];
const FIRST_OF = (attempt: number): string[] => Array<string>(2).fill(`a/first#${attempt}`);
const SECOND_OF = (attempt: number): string[] => Array<string>(2).fill(`a/second#${attempt}`);

/** C02, C03 and C04 of a change that seeds events twice and asks for them in `@Verify`: none is there twice. */
export function seedingSuite(row: Row): void {
  row('C02 before the first events: they come with the next attempt', CHANGES, async (scenario) => {
    await scenario.killAt('after STARTED a');
    expect(await scenario.effects()).toEqual([]);
    expect((await scenario.do()).outcomes).toEqual({ a: 'applied' });
    expect(await scenario.effects()).toEqual([...FIRST_OF(2), ...SECOND_OF(2)]);
    await scenario.expectRest();
  });

  row('C03 between the two: the first are not written again', CHANGES, async (scenario) => {
    await scenario.killAt('a apply half done');
    expect(await scenario.effects()).toEqual(FIRST_OF(1));
    expect((await scenario.do()).outcomes).toEqual({ a: 'applied' });
    expect(await scenario.rows('a')).toEqual(['STARTED', 'STARTED', 'APPLIED']);
    expect(await scenario.effects()).toEqual([...FIRST_OF(1), ...SECOND_OF(2)]);
    await scenario.expectRest();
  });

  row('C04 after all of them: @Verify finds them', CHANGES, async (scenario) => {
    await scenario.killAt('a apply done');
    const next = await scenario.do();
    expect(next.outcomes).toEqual({ a: 'reconciled' });
    expect(next.steps).not.toContain('a apply begins');
    expect(await scenario.effects()).toEqual([...FIRST_OF(1), ...SECOND_OF(1)]);
    await scenario.expectRest();
  });
}
