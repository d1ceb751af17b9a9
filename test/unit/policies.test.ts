import { describe, expect, it } from '@jest/globals';
import type { AuditEntry } from '../../lib/core/audit-entry.js';
import type { Step } from '../../lib/core/plan.js';
import { applyPolicies } from '../../lib/core/policies.js';
import { changeWith, entryWith } from './values.js';

const EARLY = changeWith({ id: 'early', order: '0001' });
const LATE = changeWith({ id: 'late', order: '0002' });
const STEPS: readonly Step[] = [
  { change: EARLY, strategy: 'plain', latest: undefined, decision: 'apply', reason: '' },
  {
    change: LATE,
    strategy: 'plain',
    latest: entryWith({ changeId: 'late', state: 'APPLIED' }),
    decision: 'skip',
    reason: '',
  },
];
const LATEST: ReadonlyMap<string, AuditEntry> = new Map([
  ['late', entryWith({ changeId: 'late', state: 'APPLIED' })],
  ['gone', entryWith({ changeId: 'gone', className: 'Gone', state: 'APPLIED' })],
]);

function policies(outOfOrder: 'run' | 'warn' | 'fail', unknownChanges: 'ignore' | 'warn' | 'fail'): string[] {
  return applyPolicies(STEPS, LATEST, [EARLY, LATE], { outOfOrder, unknownChanges });
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
});
