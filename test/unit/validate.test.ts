import { describe, expect, it } from '@jest/globals';
import { validateChanges } from '../../lib/core/engine/validate.js';
import type { ChangeDefinition } from '../../lib/core/model/change.js';
import type { TargetSystem } from '../../lib/core/model/target-system.js';
import { changeWith } from './values.js';

function target(id: string, transactional: boolean): TargetSystem {
  return {
    id,
    kind: 'test',
    transactional,
    clients: () => [{ token: 'client', instance: {} }],
    connect: () => Promise.reject(new Error('unused')),
  };
}

const TARGETS = [target('user-db', true), target('config', false)];

function faultsOf(...changes: readonly Partial<ChangeDefinition>[]): string[] {
  return validateChanges(changes.map(changeWith), { stages: ['schema', 'default'], targets: TARGETS });
}

function circular(): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  value['self'] = value;
  return value;
}

describe('validateChanges', () => {
  it('finds nothing wrong with a good app', () => {
    expect(
      faultsOf(
        {},
        { id: 'write-config', order: '0002', targetSystem: 'config', withoutRollback: true },
        { id: 'other-stage', stage: 'schema' },
      ),
    ).toEqual([]);
  });

  it.each<readonly [string, Partial<ChangeDefinition>, RegExp]>([
    [
      'blank author',
      { author: '  ' },
      /'add-user-status' \(AddUserStatus in UsersModule\): author is blank; write author/,
    ],
    ['blank id', { id: '' }, /id is blank/],
    ['blank target system', { targetSystem: '' }, /targetSystem is blank/],
    ['short order', { order: '003' }, /order '003' must have at least 4 characters/],
    [
      'order with other characters',
      { order: '00 03' },
      /must have at least 4 characters of A-Z a-z 0-9 _ \. -/,
    ],
    [
      'unknown target system',
      { targetSystem: 'user-bd' },
      /unknown target system 'user-bd'; did you mean 'user-db'\?/,
    ],
    ['unknown stage', { stage: 'data' }, /unknown stage 'data'; known: schema, default/],
    [
      'transactional on a target that cannot',
      { targetSystem: 'config', transactional: true },
      /'config' \(test\) has no transactions/,
    ],
    [
      'no rollback on a target without transactions',
      { targetSystem: 'config' },
      /needs a @Rollback.*or rollback: 'none'/,
    ],
    [
      'an id that no store could keep',
      { id: 'x'.repeat(400) },
      /change 'x{100}…' .*: id has 400 characters; write one of at most 200/,
    ],
    ['an id that is longer as it is stored', { id: '\u0000'.repeat(100) }, /id has 602 characters/],
    ['a long author', { author: 'é'.repeat(201) }, /author has 201 characters/],
    ['a long order', { order: '0'.repeat(201) }, /order has 201 characters/],
    ['large metadata', { metadata: { dump: 'x'.repeat(70_000) } }, /metadata has 70011 characters as JSON/],
    [
      'a date in metadata',
      { metadata: { a: [{ since: new Date(0) }] } },
      /metadata\.a\.0\.since is an instance of Date/,
    ],
    ['a function in metadata', { metadata: { f: () => 1 } }, /metadata\.f is a function; write plain JSON/],
    ['no number in metadata', { metadata: { n: NaN } }, /metadata\.n is NaN/],
    ['metadata in a circle', { metadata: circular() }, /metadata\.self contains itself/],
    ['no rollback outside the transaction', { transactional: false }, /needs a @Rollback/],
  ])('%s', (_, difference, expected) => {
    const faults = faultsOf(difference);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(expected);
  });

  it('names every place of a repeated id, also across stages', () => {
    const faults = faultsOf({}, { stage: 'schema', className: 'Other', origin: 'OrdersModule' });
    expect(faults).toEqual([
      expect.stringMatching(
        /'add-user-status' is used 2 times: .*AddUserStatus in UsersModule.*Other in OrdersModule/,
      ),
    ]);
  });

  it('names a repeated order within a stage, and allows it across stages', () => {
    expect(faultsOf({}, { id: 'b' })).toEqual([
      expect.stringMatching(/order '0001' is used 2 times in stage 'default'/),
    ]);
    expect(faultsOf({}, { id: 'b', stage: 'schema' })).toEqual([]);
  });

  it('names repeated target systems and stages', () => {
    const faults = validateChanges([], {
      stages: ['a', 'a'],
      targets: [target('x', true), target('x', false)],
    });
    expect(faults).toEqual([
      expect.stringMatching(/2 target systems have the id 'x'/),
      expect.stringMatching(/stage 'a' is listed twice/),
    ]);
  });

  it('takes ids of 200 characters, and what JSON keeps as it is', () => {
    const metadata = { a: [1, null, 'x', { b: true, left: undefined }], c: Object.create(null) as object };
    expect(faultsOf({ id: '🦩'.repeat(200), metadata })).toEqual([]);
  });

  it('tells all faults at once', () => {
    expect(
      faultsOf({ author: '', order: 'x', stage: 'nowhere', targetSystem: 'nothing-like-it' }),
    ).toHaveLength(4);
  });
});
