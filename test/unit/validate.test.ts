import { describe, expect, it } from '@jest/globals';
import type { ChangeDefinition } from '../../lib/core/change.js';
import type { TargetSystem } from '../../lib/core/target-system.js';
import { validateChanges } from '../../lib/core/validate.js';
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

  it('tells all faults at once', () => {
    expect(
      faultsOf({ author: '', order: 'x', stage: 'nowhere', targetSystem: 'nothing-like-it' }),
    ).toHaveLength(4);
  });
});
