import { expect } from '@jest/globals';
import { change, whole, type Row } from '../harness/rows.js';

const A = change('a');
const B = change('b');
const MARKER_OF_A = [expect.objectContaining({ changeId: 'a', attempt: 1, kind: 'applied' })];

/** C07, C08 and C09: the audit is in another database than the target. */
export function markerSuite(row: Row): void {
  uncommittedRows(row);
  committedRows(row);
  staleMarkerRows(row);
}

function uncommittedRows(row: Row): void {
  for (const step of ['after STARTED a', 'a apply half done', 'before fence for a', 'before commit a'])
    row(`C07 between S and the commit: ${step}`, [A], async (scenario) => {
      await scenario.killAt(step);
      expect(await scenario.rows('a')).toEqual(['STARTED']);
      expect(await scenario.effects()).toEqual([]);

      expect(await scenario.do()).toMatchObject({ status: 'succeeded', outcomes: { a: 'applied' } });
      expect(await scenario.rows('a')).toEqual(['STARTED', 'STARTED', 'APPLIED']);
      expect(await scenario.effects()).toEqual(whole('a', 2));
      expect(await scenario.markers()).toEqual([]);
      await scenario.expectRest();
    });
}

function committedRows(row: Row): void {
  for (const step of ['after commit a', 'before APPLIED a + STARTED b'])
    row(`C08 between the commit and A: ${step}`, [A, B], async (scenario) => {
      await scenario.killAt(step);
      expect(await scenario.rows('a')).toEqual(['STARTED']);
      expect(await scenario.effects()).toEqual(whole('a'));
      expect(await scenario.markers()).toEqual(MARKER_OF_A);

      const { outcomes, steps } = await scenario.do();
      expect(outcomes).toEqual({ a: 'reconciled', b: 'applied' });
      expect(steps).not.toContain('a apply begins');
      expect(await scenario.rows('a')).toEqual(['STARTED', 'APPLIED']);
      expect(await scenario.rows('b')).toEqual(['STARTED', 'APPLIED']);
      expect(await scenario.effects()).toEqual([...whole('a'), ...whole('b')]);
      expect(await scenario.markers()).toEqual([]);
      await scenario.expectRest();
    });
}

function staleMarkerRows(row: Row): void {
  row('C09 after A, the marker is there and S of the next is written', [A, B], async (scenario) => {
    await scenario.killAt('after APPLIED a + STARTED b');
    expect(await scenario.markers()).toEqual(MARKER_OF_A);

    expect((await scenario.do()).outcomes).toEqual({ a: 'already-applied', b: 'applied' });
    expect(await scenario.rows('a')).toEqual(['STARTED', 'APPLIED']);
    expect(await scenario.rows('b')).toEqual(['STARTED', 'STARTED', 'APPLIED']);
    expect(await scenario.effects()).toEqual([...whole('a'), ...whole('b', 2)]);
    expect(await scenario.markers()).toEqual([]);
    await scenario.expectRest();
  });

  row('C09 after the last A: the stale marker stays until a run takes the lock', [A], async (scenario) => {
    await scenario.killAt('before markers of target go');
    expect(await scenario.rows('a')).toEqual(['STARTED', 'APPLIED']);
    await scenario.expectRest();
    expect(await scenario.markers()).toEqual(MARKER_OF_A);

    const changes = [A, B];
    expect((await scenario.do({ changes })).outcomes).toEqual({ a: 'already-applied', b: 'applied' });
    expect(await scenario.effects()).toEqual([...whole('a'), ...whole('b')]);
    expect(await scenario.markers()).toEqual([]);
    await scenario.expectRest(changes);
  });
}
