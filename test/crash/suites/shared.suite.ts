import { expect } from '@jest/globals';
import { change, whole, type Row } from '../harness/rows.js';

const A = change('a');
const B = change('b');

/** C10 and C11: audit and target are one database. */
export function sharedSuite(row: Row): void {
  for (const step of ['after STARTED a', 'a apply half done', 'before APPLIED a', 'before commit a'])
    row(`C10 between S and the commit: ${step}`, [A], async (scenario) => {
      await scenario.killAt(step);
      expect(await scenario.rows('a')).toEqual(['STARTED']);
      expect(await scenario.effects()).toEqual([]);

      expect(await scenario.do()).toMatchObject({ status: 'succeeded', outcomes: { a: 'applied' } });
      expect(await scenario.rows('a')).toEqual(['STARTED', 'STARTED', 'APPLIED']);
      expect(await scenario.effects()).toEqual(whole('a', 2));
      await scenario.expectRest();
    });

  for (const step of ['after commit a', 'b apply begins', 'before APPLIED b'])
    row(`C11 after the commit, S of the next is written: ${step}`, [A, B], async (scenario) => {
      await scenario.killAt(step);
      expect(await scenario.rows('a')).toEqual(['STARTED', 'APPLIED']);
      expect(await scenario.rows('b')).toEqual(['STARTED']);
      expect(await scenario.effects()).toEqual(whole('a'));

      const { outcomes } = await scenario.do();
      expect(outcomes).toEqual({ a: 'already-applied', b: 'applied' });
      expect(await scenario.rows('a')).toEqual(['STARTED', 'APPLIED']);
      expect(await scenario.rows('b')).toEqual(['STARTED', 'STARTED', 'APPLIED']);
      expect(await scenario.effects()).toEqual([...whole('a'), ...whole('b', 2)]);
      await scenario.expectRest();
    });

  row('C11 after the commit of the last one', [A], async (scenario) => {
    await scenario.killAt('after commit a');
    expect(await scenario.rows('a')).toEqual(['STARTED', 'APPLIED']);
    expect(await scenario.effects()).toEqual(whole('a'));
    await scenario.expectRest();
  });
}
