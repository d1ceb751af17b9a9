import { expect } from '@jest/globals';
import type { ChangeSpec } from '../app/messages.js';
import { change, whole, type Row } from '../harness/rows.js';
import { SURVIVOR_LEASE_MS, type Scenario } from '../harness/scenario.js';
import { expectLost, TAKEN_OVER, TIMELESS } from './zombie.js';

const A = change('a');
const B = change('b');
const HOLDER = { host: 'holder', leaseMs: SURVIVOR_LEASE_MS } as const;

/** E07: a holder stands still past its lease, another takes over and finishes, then the first goes on. */
export function transactionalZombieSuite(row: Row): void {
  row(
    'E07 frozen mid-change: its calls are refused, its transaction rolls back',
    [A, B],
    async (scenario) => {
      const zombie = await scenario.pauseAt('a apply half done');
      zombie.freeze();
      expect((await scenario.do()).outcomes).toEqual({ a: 'applied', b: 'applied' });

      const result = await zombie.thaw();
      expectLost(result, 'it could not be renewed in time');
      expect(result.steps).not.toContain('a apply done');
      expect(await scenario.rows('a')).toEqual(TAKEN_OVER);
      expect(await scenario.effects()).toEqual([...whole('a', 2), ...whole('b')]);
      await scenario.expectRest();
    },
  );

  row('E07 unaware of its lost lease: its commit is refused by the server', [A, B], async (scenario) => {
    const zombie = await scenario.pauseAt('a apply done', TIMELESS);
    expect((await scenario.do()).outcomes).toEqual({ a: 'applied', b: 'applied' });

    const result = await zombie.thaw();
    expectLost(result, 'another process took it');
    expect(result.steps).not.toContain('before commit a');
    expect(await scenario.rows('a')).toEqual(TAKEN_OVER);
    expect(await scenario.effects()).toEqual([...whole('a', 2), ...whole('b')]);
    await scenario.expectRest();
  });

  row('E07 unaware of its lost lease: S is refused by the server', [A, B], async (scenario) => {
    const zombie = await scenario.pauseAt('before STARTED a', TIMELESS);
    expect((await scenario.do()).outcomes).toEqual({ a: 'applied', b: 'applied' });

    expectLost(await zombie.thaw(), 'another process took it');
    expect(await scenario.rows('a')).toEqual(['STARTED', 'APPLIED']);
    expect(await scenario.effects()).toEqual([...whole('a'), ...whole('b')]);
    await scenario.expectRest();
  });
}

/** E07 at the moment when another has taken the lock and has written nothing yet: only the token tells. */
export function freshlyTakenSuite(row: Row): void {
  row('E07 unaware, the other has only the lock: S is refused by the server', [A, B], async (scenario) => {
    const zombie = await scenario.pauseAt('before STARTED a', TIMELESS);
    const holder = await scenario.pauseAt('after acquire', HOLDER);

    expectLost(await zombie.thaw(), 'another process took it');
    expect(await scenario.rows('a')).toEqual([]);
    expect((await holder.thaw()).outcomes).toEqual({ a: 'applied', b: 'applied' });
    expect(await scenario.rows('a')).toEqual(['STARTED', 'APPLIED']);
    expect(await scenario.effects()).toEqual([...whole('a'), ...whole('b')]);
    await scenario.expectRest();
  });
}

/** E07 with an event loop that stands still: no timer tells it in time, so the guard before each call must. */
export function blockedSuite(row: Row, common: Partial<ChangeSpec> = {}): void {
  const changes = [change('a', { ...common, recovery: 'always-retry' }), change('b', common)];
  row('E07 blocked mid-change: its very next call is refused', changes, async (scenario) => {
    const { block } = scenario;
    const zombie = await scenario.pauseAt('a apply half done', { blockUntil: block.until });
    const left = await scenario.effects();
    expect((await scenario.do()).outcomes).toEqual({ a: 'applied', b: 'applied' });

    block.end();
    const result = await zombie.result();
    expectLost(result, 'it could not be renewed in time');
    expect(result.steps).not.toContain('a apply done');
    expect(await scenario.rows('a')).toEqual(TAKEN_OVER);
    expect(await scenario.effects()).toEqual([...left, ...whole('a', 2), ...whole('b')]);
    await scenario.expectRest();
  });
}

/** E07 where one commit holds the effect and its record, and locks the lease until it is done. */
export function lockedLeaseSuite(row: Row): void {
  row('E07 frozen before its COMMIT: nobody takes over until that is done', [A, B], async (scenario) => {
    const zombie = await scenario.pauseAt('before commit a');
    zombie.freeze();
    const survivor = await scenario.survivor;
    survivor.begin(scenario.job());
    await scenario.leaseIsOver();
    await survivor.reachedAgain('before acquire', 2);
    expect(await scenario.rows('a')).toEqual(['STARTED']);

    expectLost(await zombie.thaw(), 'it could not be renewed in time');
    const { outcomes } = await survivor.result();
    if (outcomes['a'] === 'already-applied') {
      // Its COMMIT went out, and was good: nobody had taken over.
      expect(await scenario.rows('a')).toEqual(['STARTED', 'APPLIED']);
      expect(await scenario.rows('b')).toEqual(TAKEN_OVER);
      expect(await scenario.effects()).toEqual([...whole('a'), ...whole('b', 2)]);
    } else {
      // It cut its connection before.
      expect(outcomes).toEqual({ a: 'applied', b: 'applied' });
      expect(await scenario.rows('a')).toEqual(TAKEN_OVER);
      expect(await scenario.effects()).toEqual([...whole('a', 2), ...whole('b')]);
    }
    await scenario.expectRest();
  });
}

/** E07: the commit of a process that has lost the lock is refused, although the other has come no further than this. */
export function refusedCommitRow(row: Row, otherIsAt: 'after acquire' | 'after fence of target'): void {
  row(`E07 unaware, the other is at '${otherIsAt}': its commit is refused`, [A, B], (scenario) =>
    commitIsRefused(scenario, 'a apply done', otherIsAt),
  );
}

/** An unaware process goes on from a step when another one has come to its own; only the other's effect is there. */
async function commitIsRefused(scenario: Scenario, step: string, otherIsAt: string): Promise<void> {
  const zombie = await scenario.pauseAt(step, TIMELESS);
  const holder = await scenario.pauseAt(otherIsAt, HOLDER);

  expectLost(await zombie.thaw(), 'another process took it');
  expect(await scenario.rows('a')).toEqual(['STARTED']);
  expect(await scenario.effects()).toEqual([]);
  expect((await holder.thaw()).outcomes).toEqual({ a: 'applied', b: 'applied' });
  expect(await scenario.rows('a')).toEqual(TAKEN_OVER);
  expect(await scenario.effects()).toEqual([...whole('a', 2), ...whole('b')]);
  await scenario.expectRest();
}

/** E07 where a marker stands between the effect and its record. */
export function markerZombieSuite(row: Row): void {
  row('E07 unaware, after its commit: its A is refused by the server', [A, B], async (scenario) => {
    const zombie = await scenario.pauseAt('before APPLIED a + STARTED b', TIMELESS);
    expect((await scenario.do()).outcomes).toEqual({ a: 'reconciled', b: 'applied' });

    expectLost(await zombie.thaw(), 'another process took it');
    expect(await scenario.rows('a')).toEqual(['STARTED', 'APPLIED']);
    expect(await scenario.rows('b')).toEqual(['STARTED', 'APPLIED']);
    expect(await scenario.effects()).toEqual([...whole('a'), ...whole('b')]);
    await scenario.expectRest();
  });

  row('E07 frozen after its commit: it neither records nor goes on', [A, B], async (scenario) => {
    const zombie = await scenario.pauseAt('after commit a');
    zombie.freeze();
    expect((await scenario.do()).outcomes).toEqual({ a: 'reconciled', b: 'applied' });

    const result = await zombie.thaw();
    expectLost(result, 'it could not be renewed in time');
    expect(result.steps.at(-1)).toMatch(/commit a|release/);
    expect(await scenario.rows('a')).toEqual(['STARTED', 'APPLIED']);
    expect(await scenario.effects()).toEqual([...whole('a'), ...whole('b')]);
    await scenario.expectRest();
  });
  unfencedRow(row);
}

/** E07 where a transaction locks what it has written until its end. */
export function lockedFenceSuite(row: Row): void {
  row('E07 frozen before its COMMIT: the wait is bounded and names the session', [A, B], async (scenario) => {
    const zombie = await scenario.pauseAt('before commit a');
    zombie.freeze();
    const blocked = await scenario.do();
    expect(blocked).toMatchObject({ status: 'failed', outcomes: { a: 'not-run', b: 'not-run' } });
    expect(blocked.error?.message).toMatch(/'target'[^]*session \w+/i);
    expect(await scenario.rows('a')).toEqual(['STARTED']);

    expectLost(await zombie.thaw(), 'it could not be renewed in time');
    expect(await scenario.rows('a')).toEqual(['STARTED']);
    const { outcomes } = await scenario.do();
    // Its COMMIT went out, and nobody had come between; or it cut its connection before.
    const attempt = outcomes['a'] === 'reconciled' ? 1 : 2;
    expect(outcomes).toEqual({ a: attempt === 1 ? 'reconciled' : 'applied', b: 'applied' });
    expect(await scenario.rows('a')).toEqual(attempt === 1 ? ['STARTED', 'APPLIED'] : TAKEN_OVER);
    expect(await scenario.effects()).toEqual([...whole('a', attempt), ...whole('b')]);
    await scenario.expectRest();
  });
}

/** E07 where nothing is locked before the commit: all conditions are checked in it. */
export function unlockedSuite(row: Row, otherIsAt: 'after acquire' | 'after fence of target'): void {
  row('E07 frozen before its commit: another takes over, and it is refused', [A, B], async (scenario) => {
    const zombie = await scenario.pauseAt('before commit a');
    zombie.freeze();
    expect((await scenario.do()).outcomes).toEqual({ a: 'applied', b: 'applied' });

    expectLost(await zombie.thaw(), 'it could not be renewed in time');
    expect(await scenario.rows('a')).toEqual(TAKEN_OVER);
    expect(await scenario.effects()).toEqual([...whole('a', 2), ...whole('b')]);
    await scenario.expectRest();
  });

  row(
    `E07 unaware, its last check was good, the other is at '${otherIsAt}': its commit is refused`,
    [A, B],
    (scenario) => commitIsRefused(scenario, 'before commit a', otherIsAt),
  );
}

/** The lock is taken, the fence of the target is not raised yet: the commit is still good, its record is the other's. */
function unfencedRow(row: Row): void {
  row("E07 unaware, the other is at 'after acquire': its commit stands", [A, B], async (scenario) => {
    const zombie = await scenario.pauseAt('a apply done', TIMELESS);
    const holder = await scenario.pauseAt('after acquire', HOLDER);

    expectLost(await zombie.thaw(), 'another process took it');
    expect(await scenario.rows('a')).toEqual(['STARTED']);
    expect(await scenario.effects()).toEqual(whole('a'));
    expect((await holder.thaw()).outcomes).toEqual({ a: 'reconciled', b: 'applied' });
    expect(await scenario.rows('a')).toEqual(['STARTED', 'APPLIED']);
    expect(await scenario.effects()).toEqual([...whole('a'), ...whole('b')]);
    await scenario.expectRest();
  });
}
