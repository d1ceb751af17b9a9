import { describe, expect, it } from '@jest/globals';
import { applyPolicies } from '../../lib/core/engine/policies.js';
import type { AuditEntry } from '../../lib/core/model/audit-entry.js';
import type { Step } from '../../lib/core/model/plan.js';
import { changeWith, entryWith } from './values.js';

const EARLY = changeWith({ id: 'early', order: '0001' });
const LATE = changeWith({ id: 'late', order: '0002' });
const STEPS: readonly Step[] = [
  { change: EARLY, strategy: 'plain', latest: undefined, decision: 'apply', reason: '' },
  {
    change: LATE,
    strategy: 'plain',
    latest: entryWith({ changeId: 'late', order: '0002', state: 'APPLIED' }),
    decision: 'skip',
    reason: '',
  },
];
const LATEST: ReadonlyMap<string, AuditEntry> = new Map([
  ['late', entryWith({ changeId: 'late', state: 'APPLIED' })],
  ['gone', entryWith({ changeId: 'gone', className: 'Gone', state: 'APPLIED' })],
]);

function policies(outOfOrder: 'run' | 'warn' | 'fail', unknownChanges: 'ignore' | 'warn' | 'fail'): string[] {
  return told(STEPS, { outOfOrder, unknownChanges });
}

function told(
  steps: readonly Step[],
  {
    outOfOrder = 'warn',
    unknownChanges = 'warn',
    app = 'shop',
  }: {
    readonly outOfOrder?: 'run' | 'warn' | 'fail';
    readonly unknownChanges?: 'ignore' | 'warn' | 'fail';
    readonly app?: string | null;
  } = {},
  latest = LATEST,
): string[] {
  const identity = { host: 'web-1', actor: 'ci', environment: null, appVersion: null, app };
  const changes = steps.map(({ change }) => change);
  return applyPolicies(steps, latest, { changes, identity, outOfOrder, unknownChanges });
}

function applied(differences: Partial<AuditEntry> = {}): Step {
  const latest = entryWith({
    changeId: 'late',
    order: '0002',
    state: 'APPLIED',
    app: 'shop',
    ...differences,
  });
  return { change: LATE, strategy: 'plain', latest, decision: 'skip', reason: '' };
}

describe('applyPolicies', () => {
  it('warns of a pending change before an applied one, and of a change the code lacks', () => {
    expect(policies('warn', 'warn')).toEqual([
      expect.stringMatching(/'early' \(default 0001\) is pending although 'late' \(default 0002\)/),
      expect.stringMatching(/'gone' \(Gone, APPLIED at .*which the code lacks/),
    ]);
  });

  it('says nothing where it was told so', () => {
    expect(policies('run', 'ignore')).toEqual([]);
  });

  it('fails with all that it was told to fail on, at once', () => {
    expect(() => policies('fail', 'fail')).toThrow(/2 problems[\s\S]*'early'[\s\S]*'gone'/);
    expect(() => policies('warn', 'fail')).toThrow(/1 problem[\s\S]*'gone'/);
  });

  it('fails on a change of another app under the same id, whatever it was told, and says what differs', () => {
    const foreign = applied({ app: 'billing', className: 'Bills', order: '0009' });
    expect(() => told([foreign], { outOfOrder: 'run', unknownChanges: 'ignore' }, new Map())).toThrow(
      /the app 'billing' has recorded a change of its own .* order '0009' \(now '0002'\), class 'Bills' \(now 'AddUserStatus'\)/,
    );
  });

  it.each<[string, Partial<AuditEntry>, string | null]>([
    ['the app of the entry is another one with the same definition', { app: 'worker' }, 'shop'],
    ['the entry says no app', { app: null }, 'shop'],
    ['this app has no name', { app: 'shop' }, null],
  ])('says nothing of a shared change when %s', (_when, entry, app) => {
    expect(told([applied(entry)], { app }, new Map())).toEqual([]);
  });

  it('warns once of an applied change that is defined otherwise today', () => {
    const moved = applied({ stage: 'schema', targetSystem: 'old-db' });
    expect(told([moved], {}, new Map())).toEqual([
      expect.stringMatching(
        /'late' .*was applied at .* with stage 'schema' \(now 'default'\), target system 'old-db' \(now 'user-db'\); it does not run again/,
      ),
    ]);
  });

  it('asks whether a change that the code lacks has another id now', () => {
    const fresh: Step = {
      change: EARLY,
      strategy: 'plain',
      latest: undefined,
      decision: 'apply',
      reason: '',
    };
    const gone = entryWith({ changeId: 'former', order: '0001', state: 'APPLIED' });
    expect(told([fresh], {}, new Map([['former', gone]]))).toEqual([
      expect.stringMatching(/'former' .*which the code lacks; 'early' has its class.*renamed\?/),
    ]);
  });
});
