import { describe, expect, it } from '@jest/globals';
import {
  MemoryDatabase,
  MemoryTable,
  MemoryTargetSystem,
  PlainMemoryTargetSystem,
} from 'nestjs-flamingock/memory';
import { attemptScope } from '../../../lib/testing/target-system/attempt-scope.sample.js';
import { WITNESS } from '../../../lib/testing/target-system/fence-row.contract.js';

const tableOf = ([{ instance }]: readonly [{ readonly instance: unknown }, ...unknown[]]) =>
  instance as MemoryTable;

describe('MemoryTable', () => {
  it('is used like a Map', () => {
    const { table } = new MemoryTargetSystem('db');
    table.set('a', 1).set('b', [2]);
    expect([table.size, table.get('a'), table.has('b'), table.has('c'), table.get('c')]).toEqual([
      2,
      1,
      true,
      false,
      undefined,
    ]);
    expect([table.keys(), table.values(), table.entries(), [...table]]).toEqual([
      ['a', 'b'],
      [1, [2]],
      [
        ['a', 1],
        ['b', [2]],
      ],
      [
        ['a', 1],
        ['b', [2]],
      ],
    ]);
    expect([table.delete('a'), table.delete('a')]).toEqual([true, false]);
    table.clear();
    expect(table.size).toBe(0);
  });

  it('copies values in and out, so that altering one alters nothing in it', () => {
    const { table } = new MemoryTargetSystem('db');
    const value = { tags: ['a'], at: new Date(0) };
    table.set('x', value);
    value.tags.push('b');
    const read = table.get('x') as typeof value;
    expect(read).toStrictEqual({ tags: ['a'], at: expect.anything() });
    expect(read.at.getTime()).toBe(0);
    read.tags.push('c');
    expect(table.get('x')).toMatchObject({ tags: ['a'] });
  });

  it('takes data only', () => {
    const { table } = new MemoryTargetSystem('db');
    expect(() => table.set('x', () => {})).toThrow(/could not be cloned/);
    expect(table.has('x')).toBe(false);
  });
});

describe('a transaction in memory', () => {
  it('takes back what it set, deleted and cleared, when it fails', async () => {
    const target = new MemoryTargetSystem('db');
    target.table.set('kept', 'old').set('deleted', 'old');
    const failing = target.transaction(attemptScope(), async ({ clients }) => {
      const table = tableOf(clients);
      table.set('kept', 'new').set('added', 'new').delete('deleted');
      expect(table.keys()).toEqual(['kept', 'added']);
      table.clear();
      expect(table.size).toBe(0);
      throw new Error('failed');
    });
    await expect(failing).rejects.toThrow('failed');
    expect(target.table.entries()).toEqual([
      ['kept', 'old'],
      ['deleted', 'old'],
    ]);
  });

  it('commits deletions, and leaves alone what another has set meanwhile', async () => {
    const target = new MemoryTargetSystem('db');
    target.table.set('a', 1).set('b', 1);
    await target.transaction(attemptScope(), async ({ clients }) => {
      tableOf(clients).delete('a');
      target.table.set('c', 1);
      expect(tableOf(clients).has('c')).toBe(false);
    });
    expect(target.table.keys()).toEqual(['b', 'c']);
  });

  it('that stands in the way is named to the one who waits, and can still commit', async () => {
    const target = new MemoryTargetSystem('db', new MemoryDatabase({ lockWaitMs: 20 }));
    const scope = attemptScope({ changeId: 'slow', attempt: 3 });
    await target.transaction(scope, async (transaction) => {
      await transaction.raiseFence(1, WITNESS);
      await expect(target.markers(scope).raiseFence(2)).rejects.toThrow(
        /fence row of namespace 'default' .* held by the transaction of change 'slow' \(attempt 3\) after 20 ms/,
      );
      await transaction.writeMarker({ changeId: 'slow', attempt: 3, fence: 1, kind: 'applied' });
    });
    expect(await target.markers(scope).read()).toHaveLength(1);
  });
});

describe('target systems on one database', () => {
  it('have a table each, and the same id is the same table', () => {
    const database = new MemoryDatabase();
    new MemoryTargetSystem('a', database).table.set('x', 1);
    expect(new MemoryTargetSystem('b', database).table.size).toBe(0);
    expect(new MemoryTargetSystem('a', database).table.get('x')).toBe(1);
    expect(new PlainMemoryTargetSystem('a', database).table.get('x')).toBe(1);
  });

  it('share nothing when they are given none', () => {
    new MemoryTargetSystem('a').table.set('x', 1);
    expect(new MemoryTargetSystem('a').table.size).toBe(0);
    expect(new MemoryTargetSystem('a').resource).not.toBe(new MemoryTargetSystem('a').resource);
  });
});
