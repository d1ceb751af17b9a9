import { describe, expect, it } from '@jest/globals';
import { type ImportPlan, planImport } from '../../lib/core/import/plan.js';
import { changeWith, entryWith } from '../unit/values.js';
import { type Case, failed, row, TABLE, unknown, users } from './import-plan.cases.js';

function plan({ rows, rules = {}, latest, ...situation }: Case): ImportPlan {
  const entry = latest && entryWith({ changeId: 'create-users', ...latest });
  return planImport({ name: 'the old tool' }, rows, rules, {
    changes: [changeWith({ id: 'create-users' }), changeWith({ id: 'add-status' })],
    latest: new Map(entry ? [[entry.changeId, entry]] : []),
    findings: new Map(),
    everApplied: new Set(),
    isUnderWay: () => false,
    emptiness: 'suspicious',
    ...situation,
  });
}

/** A plan in short: what each row becomes. */
function short({ imports, alreadyKnown, ignored, waits, problems }: ImportPlan): string {
  return [
    ...imports.map(({ row: { name }, changeId }) => `import ${name} as ${changeId}`),
    ...alreadyKnown.map((id) => `known ${id}`),
    ...ignored.map(({ name, reason }) => `ignore ${name}: ${reason}`),
    ...(waits ? ['wait'] : []),
    ...problems.map((text) => `problem ${/'([^']+)'/.exec(text)?.[1] ?? 'without rows'}`),
  ].join('; ');
}

describe('planImport', () => {
  it.each(TABLE)('%s', (_, given, expected) => {
    expect(short(plan(given))).toBe(expected);
  });

  it('tells all problems at once', () => {
    const { problems } = plan({ rows: [...failed, ...unknown, row('V9')] });
    expect(problems).toHaveLength(3);
    expect(problems.every((text) => text.startsWith('the old tool: '))).toBe(true);
  });
});

describe('the words of a problem', () => {
  const only = (given: Case) => plan(given).problems.join('\n');

  it.each([
    'CreateUsers1700000000000',
    '20240101093000_create_users.js',
    'V1_2__create-users.sql',
    'createUser',
  ])('find the change that %s may stand for', (name) => {
    expect(only({ rows: [row(name)] })).toContain(
      `did you mean 'create-users'? Name its change in map, as in { '${name}': 'create-users' }`,
    );
  });

  it('name what a row was mapped to', () => {
    const text = only({ rows: users, rules: { map: { 'create-users': 'creat-users' } } });
    expect(text).toContain("the row 'create-users', mapped to 'creat-users', is no change in the code");
    expect(text).toContain("did you mean 'create-users'?");
  });

  it('show what the tool says about a failed row', () => {
    const rows = [
      row('create-users', { state: 'failed', at: '2024-01-01T00:00:00.000Z', remark: 'it broke there' }),
    ];
    expect(only({ rows })).toContain(
      "'create-users' of 2024-01-01T00:00:00.000Z is not applied (it broke there)",
    );
  });

  it('name our own attempt that is in the way', () => {
    expect(only({ rows: users, latest: { state: 'FAILED', attempt: 3 } })).toMatch(
      /attempt 3 of 'create-users' here ended as FAILED .*resolve\('create-users'/,
    );
  });
});
