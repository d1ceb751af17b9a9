import { expect } from '@jest/globals';
import { change, whole, type Row } from '../harness/rows.js';

const DDL = { ddl: true };
const B = change('b');
const OPEN = [expect.objectContaining({ changeId: 'a', attempt: 1, kind: 'open' })];

/** C13: DDL commits on MariaDB, so that what is left of the transaction is as if there had been none. */
export function implicitCommitSuite(row: Row): void {
  // The one that waits for two leases first.
  olderAttemptRow(row);
  undecidedRow(row);
  verifiedRows(row);
}

function undecidedRow(row: Row): void {
  row('C13 after DDL, a person is needed', [change('a', DDL), B], async (scenario) => {
    await scenario.killAt('a apply half done');
    expect(await scenario.rows('a')).toEqual(['STARTED']);
    expect(await scenario.effects()).toEqual(['a/first#1']);
    expect(await scenario.markers()).toEqual(OPEN);

    const next = await scenario.do();
    expect(next.outcomes).toEqual({ a: 'needs-person', b: 'not-run' });
    expect(next.error).toMatchObject({ name: 'ManualInterventionError' });
    expect(next.error?.message).toContain('on victim');
    expect(await scenario.rows('a')).toEqual(['STARTED']);

    const changes = [change('a', { ...DDL, recovery: 'always-retry' }), B];
    expect((await scenario.do({ changes })).outcomes).toEqual({ a: 'applied', b: 'applied' });
    expect(await scenario.rows('a')).toEqual(['STARTED', 'STARTED', 'APPLIED']);
    expect(await scenario.effects()).toEqual(['a/first#1', ...whole('a', 2), ...whole('b')]);
    expect(await scenario.markers()).toEqual([]);
    await scenario.expectRest(changes);
  });
}

function olderAttemptRow(row: Row): void {
  row('C13 what an older attempt left open is still to be decided', [change('a', DDL)], async (scenario) => {
    await scenario.killAt('a apply half done');
    const changes = [change('a', { ...DDL, recovery: 'always-retry' })];
    await scenario.killAt('after STARTED a', { changes });
    expect(await scenario.rows('a')).toEqual(['STARTED', 'STARTED']);
    expect(await scenario.markers()).toEqual(OPEN);

    const next = await scenario.do();
    expect(next.outcomes).toEqual({ a: 'needs-person' });
    expect(next.error?.message).toContain('a statement of attempt 1 committed on its own');
    expect((await scenario.do({ changes })).outcomes).toEqual({ a: 'applied' });
    expect(await scenario.rows('a')).toEqual(['STARTED', 'STARTED', 'STARTED', 'APPLIED']);
    expect(await scenario.effects()).toEqual(['a/first#1', ...whole('a', 3)]);
    expect(await scenario.markers()).toEqual([]);
    await scenario.expectRest(changes);
  });
}

function verifiedRows(row: Row): void {
  row('C13 after DDL, @Verify says no', [change('a', { ...DDL, verify: 'looks' })], async (scenario) => {
    await scenario.killAt('a apply half done');
    expect(await scenario.markers()).toEqual(OPEN);

    expect((await scenario.do()).outcomes).toEqual({ a: 'applied' });
    expect(await scenario.rows('a')).toEqual(['STARTED', 'STARTED', 'APPLIED']);
    expect(await scenario.effects()).toEqual(['a/first#1', ...whole('a', 2)]);
    expect(await scenario.markers()).toEqual([]);
    await scenario.expectRest();
  });

  row(
    'C13 before the commit, @Verify says yes',
    [change('a', { ...DDL, verify: 'looks' })],
    async (scenario) => {
      await scenario.killAt('before commit a');
      expect(await scenario.rows('a')).toEqual(['STARTED']);
      expect(await scenario.effects()).toEqual(whole('a'));
      expect(await scenario.markers()).toEqual(OPEN);

      const next = await scenario.do();
      expect(next.outcomes).toEqual({ a: 'reconciled' });
      expect(next.steps).not.toContain('a apply begins');
      expect(await scenario.rows('a')).toEqual(['STARTED', 'APPLIED']);
      expect(await scenario.effects()).toEqual(whole('a'));
      expect(await scenario.markers()).toEqual([]);
      await scenario.expectRest();
    },
  );
}
