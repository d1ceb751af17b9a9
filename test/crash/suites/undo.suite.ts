import { expect } from '@jest/globals';
import { change, whole, type Row } from '../harness/rows.js';

/** Consecutive steps of an undo of `a` and `b`, and what the next run makes of a crash at any of them. */
export interface UndoPhase {
  readonly steps: readonly string[];
  /** What the crash leaves, behind S A. */
  readonly left: { readonly a: readonly string[]; readonly b: readonly string[] };
  /** What the next run adds. */
  readonly added: { readonly a: readonly string[]; readonly b: readonly string[] };
  readonly effects: readonly string[];
}

const APPLIED = ['STARTED', 'APPLIED'];
const NOTHING: readonly string[] = [];
const UNDOING = ['undo STARTED'];
const UNDONE = ['undo STARTED', 'undo ROLLED_BACK'];
const STILL_APPLIED = ['undo APPLIED'];

const BEGIN = ['before acquire', 'after acquire', 'before STARTED b'];
const BODY_B = ['b rollback begins', 'b rollback half done', 'b rollback done'];
const BODY_A = ['a rollback begins', 'a rollback half done', 'a rollback done'];
const END = ['before release', 'after release'];
const NOT_BEGUN = {
  left: { a: NOTHING, b: NOTHING },
  added: { a: NOTHING, b: NOTHING },
  effects: [...whole('a'), ...whole('b')],
};
const B_NOT_COMMITTED = {
  left: { a: NOTHING, b: UNDOING },
  added: { a: NOTHING, b: STILL_APPLIED },
  effects: [...whole('a'), ...whole('b')],
};
const A_NOT_COMMITTED = {
  left: { a: UNDOING, b: UNDONE },
  added: { a: STILL_APPLIED, b: APPLIED },
  effects: [...whole('a'), ...whole('b', 3)],
};
const ALL_UNDONE = {
  left: { a: UNDONE, b: UNDONE },
  added: { a: APPLIED, b: APPLIED },
  effects: [...whole('a', 3), ...whole('b', 3)],
};

/** The commit of the effect is the commit of its record. */
export const SHARED_UNDO: readonly UndoPhase[] = [
  { ...NOT_BEGUN, steps: BEGIN },
  {
    ...B_NOT_COMMITTED,
    steps: [
      'after STARTED b',
      ...BODY_B,
      'before ROLLED_BACK b + STARTED a',
      'after ROLLED_BACK b + STARTED a',
      'before commit b',
    ],
  },
  {
    ...A_NOT_COMMITTED,
    steps: ['after commit b', ...BODY_A, 'before ROLLED_BACK a', 'after ROLLED_BACK a', 'before commit a'],
  },
  { ...ALL_UNDONE, steps: ['after commit a', ...END] },
];

/** Between the commit of the effect and its record there is the marker. */
export const MARKER_UNDO: readonly UndoPhase[] = [
  {
    ...NOT_BEGUN,
    steps: [
      'before acquire',
      'after acquire',
      'before fence of target',
      'after fence of target',
      'before STARTED b',
    ],
  },
  { ...B_NOT_COMMITTED, steps: ['after STARTED b', ...BODY_B, 'before fence for b', 'before commit b'] },
  {
    steps: ['after commit b', 'before ROLLED_BACK b + STARTED a'],
    left: { a: NOTHING, b: UNDOING },
    added: { a: NOTHING, b: ['undo ROLLED_BACK', ...APPLIED] },
    effects: [...whole('a'), ...whole('b', 3)],
  },
  {
    ...A_NOT_COMMITTED,
    steps: ['after ROLLED_BACK b + STARTED a', ...BODY_A, 'before fence for a', 'before commit a'],
  },
  {
    steps: ['after commit a', 'before ROLLED_BACK a'],
    left: { a: UNDOING, b: UNDONE },
    added: { a: ['undo ROLLED_BACK', ...APPLIED], b: APPLIED },
    effects: [...whole('a', 3), ...whole('b', 3)],
  },
  {
    ...ALL_UNDONE,
    steps: ['after ROLLED_BACK a', 'before markers of target go', 'after markers of target go', ...END],
  },
];

/** Nothing but `@Verify` tells how far it came; an undo that stopped half way is completed by applying again. */
export const PLAIN_UNDO: readonly UndoPhase[] = [
  { ...NOT_BEGUN, steps: BEGIN },
  { ...B_NOT_COMMITTED, steps: ['after STARTED b', 'b rollback begins'] },
  {
    steps: ['b rollback half done'],
    left: { a: NOTHING, b: UNDOING },
    added: { a: NOTHING, b: ['undo ROLLED_BACK', ...APPLIED] },
    effects: [...whole('a'), 'b/first#1', ...whole('b', 3)],
  },
  {
    steps: ['b rollback done', 'b verify begins', 'before ROLLED_BACK b + STARTED a'],
    left: { a: NOTHING, b: UNDOING },
    added: { a: NOTHING, b: ['undo ROLLED_BACK', ...APPLIED] },
    effects: [...whole('a'), ...whole('b', 3)],
  },
  { ...A_NOT_COMMITTED, steps: ['after ROLLED_BACK b + STARTED a', 'a rollback begins'] },
  {
    steps: ['a rollback half done'],
    left: { a: UNDOING, b: UNDONE },
    added: { a: ['undo ROLLED_BACK', ...APPLIED], b: APPLIED },
    effects: ['a/first#1', ...whole('a', 3), ...whole('b', 3)],
  },
  {
    steps: ['a rollback done', 'a verify begins', 'before ROLLED_BACK a'],
    left: { a: UNDOING, b: UNDONE },
    added: { a: ['undo ROLLED_BACK', ...APPLIED], b: APPLIED },
    effects: [...whole('a', 3), ...whole('b', 3)],
  },
  { ...ALL_UNDONE, steps: ['after ROLLED_BACK a', ...END] },
];

const UNDO = { action: { type: 'undo' } } as const;

/** How an undo is killed, and of which changes. */
interface UndoOptions {
  readonly verify?: 'looks';
  /** A crash at any step of a phase leaves the same, so `npm test` plays the last one of each. @default 'every step' */
  readonly killedAt?: 'every step' | 'one step of each phase';
}

/** G06b: an undo killed at its steps. */
export function undoSuite(
  row: Row,
  phases: readonly UndoPhase[],
  { verify, killedAt = 'every step' }: UndoOptions = {},
): void {
  const changes = [change('a', { verify }), change('b', { verify })];
  const steps = phases.flatMap((phase) => phase.steps);

  row('G06b these are all the steps of an undo', changes, async (scenario) => {
    await scenario.do();
    const undone = await scenario.do(UNDO);
    expect(undone.outcomes).toEqual({ a: 'rolled-back', b: 'rolled-back' });
    expect(undone.steps).toEqual(steps);
    expect(await scenario.effects()).toEqual([]);
    expect(await scenario.markers()).toEqual([]);
  });

  for (const { steps: alike, left, added, effects } of phases)
    for (const step of killedAt === 'every step' ? alike : alike.slice(-1))
      row(`G06b an undo is killed: ${step}`, changes, async (scenario) => {
        await scenario.do();
        await scenario.killAt(step, UNDO);
        expect(await scenario.rows('a')).toEqual([...APPLIED, ...left.a]);
        expect(await scenario.rows('b')).toEqual([...APPLIED, ...left.b]);

        expect((await scenario.do()).error).toBeUndefined();
        expect(await scenario.rows('a')).toEqual([...APPLIED, ...left.a, ...added.a]);
        expect(await scenario.rows('b')).toEqual([...APPLIED, ...left.b, ...added.b]);
        expect(await scenario.effects()).toEqual(effects);
        await scenario.expectRest();
      });
}

/** G06b: where neither a transaction nor `@Verify` tells, a person is asked, even of a change that may be retried. */
export function undecidedUndoSuite(row: Row): void {
  for (const recovery of ['manual-intervention', 'always-retry'] as const)
    for (const step of ['after STARTED b', 'b rollback half done', 'b rollback done'])
      row(
        `G06b an undo is killed, ${recovery}: ${step}`,
        [change('a'), change('b', { recovery })],
        async (scenario) => {
          await scenario.do();
          await scenario.killAt(step, UNDO);
          const effects = await scenario.effects();

          const next = await scenario.do();
          expect(next.outcomes).toEqual({ a: 'already-applied', b: 'needs-person' });
          expect(next.error?.message).toMatch(/'b'[^]*undo[^]*on victim/);
          expect(await scenario.rows('b')).toEqual([...APPLIED, ...UNDOING]);
          expect(await scenario.effects()).toEqual(effects);

          const action = { type: 'resolve', changeId: 'b', as: 'rolled-back' } as const;
          expect(await scenario.do({ action })).toMatchObject({ status: 'resolved' });
          expect((await scenario.do()).outcomes).toEqual({ a: 'already-applied', b: 'applied' });
          await scenario.expectRest();
        },
      );
}
