import { expect } from '@jest/globals';
import type { ChangeSpec, JobResult } from '../app/messages.js';
import { change, whole, type Row } from '../harness/rows.js';
import type { Scenario } from '../harness/scenario.js';

/** What the next run makes of a change whose attempt ended without a known result. */
interface Ending {
  /** How the change, as the next run finds it in the code, is to be recovered. */
  readonly spec: Partial<ChangeSpec>;
  readonly expect: 'a person' | 'a new attempt' | 'its record';
}

const MANUAL: Ending = { spec: {}, expect: 'a person' };
const WONDERS: Ending = { spec: { verify: 'wonders' }, expect: 'a person' };
const RETRY: Ending = { spec: { recovery: 'always-retry' }, expect: 'a new attempt' };
const VERIFIED_NOT: Ending = { spec: { verify: 'looks' }, expect: 'a new attempt' };
const VERIFIED: Ending = { spec: { verify: 'looks' }, expect: 'its record' };

interface PlainRow {
  readonly id: string;
  readonly step: string;
  readonly fails?: boolean;
  /** What the crash leaves. */
  readonly rows: readonly string[];
  readonly effects: readonly string[];
  readonly endings: readonly Ending[];
}

const ROWS: readonly PlainRow[] = [
  {
    id: 'C02 after S, before any effect',
    step: 'after STARTED a',
    rows: ['STARTED'],
    effects: [],
    endings: [MANUAL, RETRY, VERIFIED_NOT],
  },
  {
    id: 'C03 mid-apply',
    step: 'a apply half done',
    rows: ['STARTED'],
    effects: ['a/first#1'],
    endings: [MANUAL, WONDERS, RETRY, VERIFIED_NOT],
  },
  {
    id: 'C04 after apply, before A',
    step: 'before APPLIED a + STARTED b',
    rows: ['STARTED'],
    effects: whole('a'),
    endings: [MANUAL, RETRY, VERIFIED],
  },
  {
    id: 'C05 after F, before rollback',
    step: 'a rollback begins',
    fails: true,
    rows: ['STARTED', 'FAILED'],
    effects: ['a/first#1'],
    endings: [MANUAL, RETRY, VERIFIED_NOT],
  },
  {
    id: 'C06 rollback done, before RB',
    step: 'before ROLLED_BACK a',
    fails: true,
    rows: ['STARTED', 'FAILED'],
    effects: [],
    endings: [MANUAL, RETRY, VERIFIED_NOT],
  },
];

/** Which of the endings of a row are played: each row has several. */
export type Endings = 'every' | 'one';

/** C02 to C06 and C14: nothing protects the change but `@Rollback` and `@Verify`. */
export function plainSuite(row: Row, common?: Partial<ChangeSpec>, endings?: Endings): void {
  resolveRow(row, [change('a', common), change('b', common)]);
  plainRows(row, common, endings);
}

/**
 * C02 to C06.
 *
 * @param which - the core decides what follows from a crash, so `npm test` plays one ending of each row. @default 'every'
 */
export function plainRows(row: Row, common: Partial<ChangeSpec> = {}, which: Endings = 'every'): void {
  for (const [index, { id, step, fails, rows, effects, endings }] of ROWS.entries())
    for (const ending of which === 'every' ? endings : [endings[index % endings.length]!]) {
      const spec = { ...common, ...ending.spec };
      const b = change('b', common);
      const changes = [change('a', spec), b];
      row(`${id}, ${JSON.stringify(ending.spec)}: ${ending.expect}`, changes, async (scenario) => {
        await scenario.killAt(step, { changes: [change('a', { ...spec, fails }), b] });
        expect(await scenario.rows('a')).toEqual(rows);
        expect(await scenario.effects()).toEqual(effects);
        await EXPECTATIONS[ending.expect](scenario, await scenario.do(), rows, effects);
      });
    }
}

type Expectation = (
  scenario: Scenario,
  next: JobResult,
  rows: readonly string[],
  effects: readonly string[],
) => Promise<void>;

const EXPECTATIONS: Readonly<Record<Ending['expect'], Expectation>> = {
  'a person': async (scenario, next, rows, effects) => {
    expectPerson(next);
    expect(await scenario.rows('a')).toEqual(rows);
    expect(await scenario.rows('b')).toEqual([]);
    expect(await scenario.effects()).toEqual(effects);
    await scenario.expectIntact();
  },
  'a new attempt': async (scenario, next, rows, effects) => {
    expect(next.outcomes).toEqual({ a: 'applied', b: 'applied' });
    expect(await scenario.rows('a')).toEqual([...rows, 'STARTED', 'APPLIED']);
    expect(await scenario.effects()).toEqual([...effects, ...whole('a', 2), ...whole('b')].sort());
    await scenario.expectRest();
  },
  'its record': async (scenario, next, rows, effects) => {
    expect(next.outcomes).toEqual({ a: 'reconciled', b: 'applied' });
    expect(next.steps).not.toContain('a apply begins');
    expect(await scenario.rows('a')).toEqual([...rows, 'APPLIED']);
    expect(await scenario.effects()).toEqual([...effects, ...whole('b')]);
    await scenario.expectRest();
  },
};

/** The next run stops at `a`, and says which change, where it ran and how to go on. */
function expectPerson({ status, outcomes, error, steps }: JobResult): void {
  expect({ status, outcomes }).toEqual({ status: 'failed', outcomes: { a: 'needs-person', b: 'not-run' } });
  expect(error).toMatchObject({ name: 'ManualInterventionError' });
  expect(error?.message).toMatch(/'a'[^]*on victim[^]*To fix:[^]*resolve/);
  expect(steps).not.toContain('a apply begins');
}

function resolveRow(row: Row, changes: readonly ChangeSpec[]): void {
  row('C14 during resolve, before its row', changes, async (scenario) => {
    const action = { type: 'resolve', changeId: 'a', as: 'rolled-back' } as const;
    const survivor = await scenario.survivor;
    await scenario.killAt('a apply half done', { leaseMs: 6_000 });
    const tooEarly = await survivor.do(scenario.job({ action }));
    expect(tooEarly.error?.message).toMatch(/'a' yet: attempt 1 (is|may have been) under way on victim/);
    await scenario.leaseIsOver();

    await scenario.killAt('before MANUAL_MARKED_AS_ROLLED_BACK a', { action });
    expect(await scenario.rows('a')).toEqual(['STARTED']);

    expectPerson(await scenario.do());
    expect(await scenario.rows('a')).toEqual(['STARTED']);
    expect(await scenario.do({ action })).toMatchObject({ status: 'resolved' });
    expect((await scenario.do()).outcomes).toEqual({ a: 'applied', b: 'applied' });
    expect(await scenario.rows('a')).toEqual([
      'STARTED',
      'MANUAL_MARKED_AS_ROLLED_BACK',
      'STARTED',
      'APPLIED',
    ]);
    await scenario.expectRest();
  });
}
