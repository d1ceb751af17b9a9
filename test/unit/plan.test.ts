import { describe, expect, it } from '@jest/globals';
import { excludedByProfile, toPlan } from '../../lib/core/engine/plan.js';
import type {
  AuditEntry,
  AuditOperation,
  AuditState,
  ExecutionStrategy,
  RecoveryStrategy,
} from '../../lib/core/model/audit-entry.js';
import type { Verdict } from '../../lib/core/model/change.js';
import type { Step, Finding } from '../../lib/core/model/plan.js';
import type { MarkerKind } from '../../lib/core/model/target-system.js';
import { changeWith, entryWith, planOf } from './values.js';

/** A row of table A. `verify: 'not asked'` is a change with a `@Verify` that nobody has asked yet. */
interface Row {
  readonly state?: AuditState;
  readonly operation?: AuditOperation;
  readonly strategy?: ExecutionStrategy;
  readonly marker?: MarkerKind;
  readonly verify?: Verdict | 'not asked';
  readonly recovery?: RecoveryStrategy;
}

type Decided = Pick<Step, 'decision' | 'record' | 'askVerify'>;

const APPLY: Decided = { decision: 'apply' };
const SKIP: Decided = { decision: 'skip' };
const NEEDS_PERSON: Decided = { decision: 'needs-person' };
const ASK: Decided = { decision: 'reconcile', askVerify: true };
const RECONCILE: Decided = { decision: 'reconcile', record: 'APPLIED' };
const APPLY_AFTER_RB: Decided = { decision: 'apply', record: 'ROLLED_BACK' };

function stepOf({
  state,
  operation = 'apply',
  strategy = 'plain',
  marker,
  verify,
  recovery = 'manual-intervention',
}: Row): Step {
  const change = changeWith({
    recovery,
    ...(verify !== undefined && { verify: { name: 'verify', invoke: () => Promise.resolve(true) } }),
  });
  const latest = state && entryWith({ state, operation, strategy });
  const finding: Finding = {
    ...(marker && { marker: { changeId: change.id, attempt: 1, fence: 1, kind: marker } }),
    ...(verify !== 'not asked' && { verdict: verify }),
  };
  const entries = new Map(latest ? [[change.id, latest]] : []);
  return planOf([change], entries, new Map([[change.id, finding]])).steps[0] as Step;
}

const ANY_RECOVERY: readonly RecoveryStrategy[] = ['manual-intervention', 'always-retry'];
const ANY_STRATEGY: readonly ExecutionStrategy[] = ['shared', 'marker', 'plain'];
const UNSETTLED = ['STARTED', 'FAILED', 'ROLLBACK_FAILED'] as const;

function rowsWith(rows: readonly Row[], recoveries: readonly RecoveryStrategy[] = ANY_RECOVERY): Row[] {
  return rows.flatMap((row) => recoveries.map((recovery) => ({ ...row, recovery })));
}

/** How a latest entry is treated as plain: the rows that share the plain rules. */
const AS_PLAIN: readonly Row[] = [
  ...UNSETTLED.map((state): Row => ({ state, strategy: 'plain' })),
  ...(['STARTED', 'FAILED'] as const).map((state): Row => ({ state, strategy: 'shared', marker: 'open' })),
  ...(['STARTED', 'FAILED'] as const).map((state): Row => ({ state, strategy: 'marker', marker: 'open' })),
  { state: 'ROLLBACK_FAILED', strategy: 'shared' },
  { state: 'ROLLBACK_FAILED', strategy: 'marker' },
];

const TABLE_A: readonly (readonly [string, readonly Row[], Decided])[] = [
  ['no row', rowsWith([{}]), APPLY],
  [
    'A or MA',
    rowsWith(
      ANY_STRATEGY.flatMap((strategy) =>
        (['APPLIED', 'MANUAL_MARKED_AS_APPLIED'] as const).map((state) => ({ state, strategy })),
      ),
    ),
    SKIP,
  ],
  [
    'RB or MRB',
    rowsWith(
      ANY_STRATEGY.flatMap((strategy) =>
        (['ROLLED_BACK', 'MANUAL_MARKED_AS_ROLLED_BACK'] as const).map((state) => ({ state, strategy })),
      ),
    ),
    APPLY,
  ],
  [
    'S or F, shared, no broken-transaction marker',
    rowsWith([
      { state: 'STARTED', strategy: 'shared' },
      { state: 'FAILED', strategy: 'shared' },
    ]),
    APPLY,
  ],
  [
    'S or F, marker, marker present',
    rowsWith([
      { state: 'STARTED', strategy: 'marker', marker: 'applied' },
      { state: 'FAILED', strategy: 'marker', marker: 'applied' },
    ]),
    RECONCILE,
  ],
  [
    'S or F, marker, marker absent',
    rowsWith([
      { state: 'STARTED', strategy: 'marker' },
      { state: 'FAILED', strategy: 'marker' },
    ]),
    APPLY,
  ],
  ['as plain, verify not asked yet', rowsWith(AS_PLAIN.map((row) => ({ ...row, verify: 'not asked' }))), ASK],
  ['as plain, verify true', rowsWith(AS_PLAIN.map((row) => ({ ...row, verify: true }))), RECONCILE],
  ['as plain, verify false', rowsWith(AS_PLAIN.map((row) => ({ ...row, verify: false }))), APPLY],
  [
    'as plain, verify unknown, always-retry',
    rowsWith(
      AS_PLAIN.map((row) => ({ ...row, verify: 'unknown' })),
      ['always-retry'],
    ),
    APPLY,
  ],
  ['as plain, no verify, always-retry', rowsWith(AS_PLAIN, ['always-retry']), APPLY],
  [
    'as plain, verify unknown, manual-intervention',
    rowsWith(
      AS_PLAIN.map((row) => ({ ...row, verify: 'unknown' })),
      ['manual-intervention'],
    ),
    NEEDS_PERSON,
  ],
  ['as plain, no verify, manual-intervention', rowsWith(AS_PLAIN, ['manual-intervention']), NEEDS_PERSON],
  ['S, undo, shared', rowsWith([{ state: 'STARTED', operation: 'undo', strategy: 'shared' }]), RECONCILE],
  [
    'S, undo, marker without undo marker',
    rowsWith([{ state: 'STARTED', operation: 'undo', strategy: 'marker' }]),
    RECONCILE,
  ],
  [
    'S, undo, marker with undo marker',
    rowsWith([{ state: 'STARTED', operation: 'undo', strategy: 'marker', marker: 'undone' }]),
    APPLY_AFTER_RB,
  ],
  ['S or F, undo, plain, verify not asked yet', rowsWith(undoPlain('not asked')), ASK],
  ['S or F, undo, plain, verify true', rowsWith(undoPlain(true)), RECONCILE],
  ['S or F, undo, plain, verify false', rowsWith(undoPlain(false)), APPLY_AFTER_RB],
  ['S or F, undo, plain, verify unknown', rowsWith(undoPlain('unknown')), NEEDS_PERSON],
  ['S or F, undo, plain, no verify', rowsWith(undoPlain(undefined)), NEEDS_PERSON],
];

function undoPlain(verify: Row['verify']): Row[] {
  return (['STARTED', 'FAILED'] as const).map((state) => ({
    state,
    operation: 'undo',
    strategy: 'plain',
    verify,
  }));
}

describe('table A: latest row → decision', () => {
  for (const [name, rows, expected] of TABLE_A)
    it.each(rows)(`${name}: ${expected.decision} %j`, (row) => {
      const { decision, record, askVerify } = stepOf(row);
      expect({ decision, record, askVerify: askVerify ?? false }).toEqual({
        record: undefined,
        askVerify: false,
        ...expected,
      });
    });
});

describe('plan', () => {
  it('takes the recovery of the code, not that of the row', () => {
    const latest = entryWith({ state: 'STARTED', recovery: 'manual-intervention' });
    expect(planOne(latest, 'always-retry').decision).toBe('apply');
    expect(planOne({ ...latest, recovery: 'always-retry' }, 'manual-intervention').decision).toBe(
      'needs-person',
    );
  });

  it('treats a marker strategy whose target system is not configured any more as plain', () => {
    const change = changeWith();
    const latest = entryWith({ state: 'STARTED', strategy: 'marker' });
    const findings = new Map([[change.id, { markersUnreadable: true }]]);
    const { steps } = planOf([change], new Map([[change.id, latest]]), findings);
    expect(steps[0]?.decision).toBe('needs-person');
  });
});

function planOne(latest: AuditEntry, recovery: RecoveryStrategy): Step {
  const change = changeWith({ recovery });
  return planOf([change], new Map([[change.id, latest]])).steps[0] as Step;
}

describe('excludedByProfile', () => {
  it.each([
    [[], [], false],
    [['demo'], [], true],
    [['demo'], ['demo'], false],
    [['demo', 'test'], ['test'], false],
    [['!prod'], [], false],
    [['!prod'], ['prod'], true],
    [['demo', '!prod'], ['demo', 'prod'], true],
  ])('profiles %j with %j active: excluded %s', (profiles, active, excluded) => {
    expect(excludedByProfile(profiles, active) !== undefined).toBe(excluded);
  });
});

describe('toPlan', () => {
  const stepFor = (state?: AuditState): Step => stepOf(state ? { state } : {});

  it.each([
    [[], 'nothing-to-do'],
    [['APPLIED'], 'nothing-to-do'],
    [['APPLIED', undefined], 'pending'],
    [[undefined, 'STARTED'], 'needs-person'],
  ] as const)('of latest rows %j is %s', (states, status) => {
    expect(toPlan(states.map(stepFor), []).status).toBe(status);
  });
});
