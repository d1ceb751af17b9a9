import type { ImportSituation } from '../../lib/core/import/plan.js';
import type { AuditEntry } from '../../lib/core/model/audit-entry.js';
import type { ImportedRow, ImportRules } from '../../lib/core/model/history-source.js';
import { changeWith } from '../unit/values.js';

export const row = (name: string, differences: Partial<ImportedRow> = {}): ImportedRow => ({
  name,
  state: 'applied',
  at: null,
  ...differences,
});

/** What an import is given, and what our own audit says about 'create-users'. */
export interface Case extends Partial<Omit<ImportSituation, 'latest'>> {
  readonly rows: readonly ImportedRow[];
  readonly rules?: ImportRules;
  readonly latest?: Partial<AuditEntry>;
}

export const users = [row('create-users')];
export const failed = [row('create-users', { state: 'failed' })];
const rolledBack = [row('create-users', { state: 'rolled-back' })];
export const unknown = [row('nobody-knows')];
const always = { changes: [changeWith({ id: 'create-users', recovery: 'always-retry' })] };
const applied = { changeId: 'create-users', attempt: 1, fence: 1, kind: 'applied' } as const;
const open = { ...applied, kind: 'open' } as const;
const found = (marker: typeof applied | typeof open) => ({
  findings: new Map([['create-users', { marker }]]),
});
const verifying = {
  changes: [
    changeWith({ id: 'create-users', verify: { name: 'verify', invoke: () => Promise.resolve(true) } }),
  ],
};

export const TABLE: readonly (readonly [string, Case, string])[] = [
  ['an applied row of a change that never ran', { rows: users }, 'import create-users as create-users'],
  ['a failed row', { rows: failed }, 'problem create-users'],
  ['a failed row, allowed', { rows: failed, rules: { allowFailed: true } }, 'ignore create-users: failed'],
  ['a rolled back row', { rows: rolledBack }, 'ignore create-users: rolled-back'],
  ['an unknown row', { rows: unknown }, 'problem nobody-knows'],
  [
    'an unknown row, allowed',
    { rows: unknown, rules: { allowUnknown: true } },
    'ignore nobody-knows: unknown',
  ],
  [
    'an unknown row that was rolled back',
    { rows: [row('nobody-knows', { state: 'rolled-back' })] },
    'ignore nobody-knows: rolled-back',
  ],
  ['no rows', { rows: [] }, 'problem without rows'],
  ['no rows, allowed', { rows: [], rules: { allowEmpty: true } }, ''],
  ['no rows after an import from there', { rows: [], emptiness: 'harmless' }, ''],
  ['no rows while another process begins here', { rows: [], emptiness: 'unclear' }, 'wait'],

  [
    'a row mapped by a function',
    { rows: [row('V1')], rules: { map: () => 'create-users' } },
    'import V1 as create-users',
  ],
  [
    'rows mapped by an object, the others by name',
    { rows: [row('V1'), row('add-status')], rules: { map: { V1: 'create-users' } } },
    'import V1 as create-users; import add-status as add-status',
  ],
  ['a row left out', { rows: [row('V1')], rules: { map: { V1: null } } }, 'ignore V1: left-out'],
  [
    'a row named like a part of every object',
    { rows: [row('constructor')], rules: { map: {} } },
    'problem constructor',
  ],
  [
    'a map that answers nothing',
    { rows: users, rules: { map: () => undefined } },
    'import create-users as create-users',
  ],
  ['a map that answers a blank', { rows: users, rules: { map: () => ' ' } }, 'problem create-users'],
  [
    'a map to an id that the code lacks',
    { rows: users, rules: { map: () => 'creat-users' } },
    'problem create-users',
  ],
  [
    'a row that stands for two changes',
    { rows: [row('V1')], rules: { map: { V1: ['create-users', 'add-status'] } } },
    'import V1 as create-users; import V1 as add-status',
  ],
  [
    'a row that stands for two changes, one of them applied here',
    {
      rows: [row('V1')],
      rules: { map: () => ['create-users', 'add-status'] },
      latest: { state: 'APPLIED' },
    },
    'import V1 as add-status; known create-users',
  ],
  [
    'a rolled back row that stands for two changes',
    { rows: [row('V1', { state: 'rolled-back' })], rules: { map: () => ['create-users', 'add-status'] } },
    'ignore V1: rolled-back',
  ],
  ['a map to an empty list', { rows: users, rules: { map: () => [] } }, 'problem create-users'],
  [
    'a map to a list with one id that the code lacks',
    { rows: users, rules: { map: () => ['create-users', 'creat-users'] } },
    'import create-users as create-users; problem create-users',
  ],
  [
    'a row that was struck out, of a change in the code',
    { rows: [row('create-users', { state: 'struck-out' })] },
    'import create-users as create-users',
  ],
  [
    'a row that was struck out, of no change in the code',
    { rows: [row('nobody-knows', { state: 'struck-out' })] },
    'ignore nobody-knows: struck-out',
  ],
  [
    'two rows for one change',
    { rows: [row('V1'), row('V2')], rules: { map: () => 'create-users' } },
    'import V1 as create-users; import V2 as create-users',
  ],
  [
    'two rows for one change, one of them rolled back',
    { rows: [row('V1'), row('V2', { state: 'rolled-back' })], rules: { map: () => 'create-users' } },
    'import V1 as create-users; ignore V2: rolled-back; problem create-users',
  ],

  ['latest APPLIED', { rows: users, latest: { state: 'APPLIED' } }, 'known create-users'],
  ['latest APPLIED, the row failed', { rows: failed, latest: { state: 'APPLIED' } }, 'known create-users'],
  [
    'latest APPLIED, the code lacks it now',
    { rows: users, latest: { state: 'APPLIED' }, changes: [] },
    'known create-users',
  ],
  [
    'latest marked as applied',
    { rows: users, latest: { state: 'MANUAL_MARKED_AS_APPLIED', operation: 'manual' } },
    'known create-users',
  ],
  [
    'latest marked as rolled back',
    { rows: users, latest: { state: 'MANUAL_MARKED_AS_ROLLED_BACK', operation: 'manual' } },
    'known create-users',
  ],
  ['undone here', { rows: users, latest: { state: 'ROLLED_BACK', operation: 'undo' } }, 'known create-users'],
  [
    'an undo that did not end',
    { rows: users, latest: { state: 'STARTED', operation: 'undo' } },
    'known create-users',
  ],
  [
    'rolled back here, because it was applied already',
    { rows: users, latest: { state: 'ROLLED_BACK' } },
    'import create-users as create-users',
  ],
  [
    'rolled back here, after it had been applied here',
    { rows: users, latest: { state: 'ROLLED_BACK' }, everApplied: new Set(['create-users']) },
    'known create-users',
  ],
  [
    'failed here, after it had been applied here',
    { rows: users, latest: { state: 'FAILED' }, everApplied: new Set(['create-users']) },
    'known create-users',
  ],

  ['STARTED, plain', { rows: users, latest: { state: 'STARTED' } }, 'problem create-users'],
  ['FAILED, plain', { rows: users, latest: { state: 'FAILED' } }, 'problem create-users'],
  ['ROLLBACK_FAILED, plain', { rows: users, latest: { state: 'ROLLBACK_FAILED' } }, 'problem create-users'],
  [
    'STARTED by a process at work',
    { rows: users, latest: { state: 'STARTED' }, isUnderWay: () => true },
    'wait',
  ],
  [
    'STARTED, plain, @Verify decides',
    { rows: users, latest: { state: 'STARTED' }, ...verifying },
    'known create-users',
  ],
  [
    'STARTED, plain, always-retry',
    { rows: users, latest: { state: 'STARTED' }, ...always },
    'known create-users',
  ],
  [
    'STARTED, shared, never committed',
    { rows: users, latest: { state: 'STARTED', strategy: 'shared' } },
    'import create-users as create-users',
  ],
  [
    'STARTED, shared, its transaction broken open',
    { rows: users, latest: { state: 'STARTED', strategy: 'shared' }, ...found(open) },
    'problem create-users',
  ],
  [
    'FAILED, marker, no marker',
    { rows: users, latest: { state: 'FAILED', strategy: 'marker' } },
    'import create-users as create-users',
  ],
  [
    'STARTED, marker present',
    { rows: users, latest: { state: 'STARTED', strategy: 'marker' }, ...found(applied) },
    'known create-users',
  ],
];
