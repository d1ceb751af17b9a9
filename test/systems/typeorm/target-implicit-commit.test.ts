import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TypeOrmTargetSystem } from 'nestjs-flamingock/typeorm';
import type { DataSource } from 'typeorm';
import { chainIn } from '../../../lib/testing/target-system/attempt-scope.sample.js';
import { attemptScope } from './support/attempt-scope.js';
import { strangerTo } from './support/stranger.js';
import {
  createTargetLocation,
  insert,
  type Location,
  managerOf,
  runnerOf,
} from './support/target-location.js';

describe('a transaction that MariaDB commits by itself', () => {
  let location: Location;
  let dataSource: DataSource;
  let target: TypeOrmTargetSystem;

  beforeAll(async () => {
    location = await createTargetLocation('mariadb');
    dataSource = await location.open();
    target = new TypeOrmTargetSystem('user-db', dataSource);
  });
  afterAll(() => location.drop());

  const markers = (namespace: string) => target.markers(chainIn(namespace)).read();
  const scope = (namespace: string, attempt = 1) => attemptScope({ ...chainIn(namespace), attempt });

  it('leaves the open marker when the change fails after its DDL', async () => {
    await target.markers(chainIn('b10')).open();
    const failing = target.transaction(scope('b10', 4), async ({ clients }) => {
      await runnerOf(clients).query(insert('before DDL'));
      await runnerOf(clients).query('CREATE TABLE b10 (id INT)');
      await runnerOf(clients).query(insert('after DDL'));
      throw new Error('the change failed');
    });
    await expect(failing).rejects.toThrow('the change failed');
    expect(await markers('b10')).toEqual([
      { changeId: 'add-user-status', attempt: 4, fence: 0, kind: 'open' },
    ]);
    expect(await location.effects()).toEqual(expect.arrayContaining(['before DDL', 'after DDL']));
  });

  it('is one commit again for the last steps: if they fail, the open marker stays', async () => {
    await target.markers(chainIn('last')).open();
    const failing = target.transaction(scope('last'), async (transaction) => {
      await runnerOf(transaction.clients).query('CREATE TABLE last_steps (id INT)');
      expect(await transaction.seal()).toEqual({ brokenOpen: true });
      await transaction.writeMarker({ changeId: 'add-user-status', attempt: 1, fence: 1, kind: 'applied' });
      throw new Error('the fence is higher');
    });
    await expect(failing).rejects.toThrow('the fence is higher');
    expect(await markers('last')).toMatchObject([{ kind: 'open' }]);
  });

  it('leaves no open marker when it was not broken open, committed or not', async () => {
    await target.markers(chainIn('whole')).open();
    const rows: unknown[] = [];
    await target.transaction(scope('whole'), async (transaction) => {
      await managerOf(transaction.clients).transaction((manager) => manager.query(insert('nested')));
      rows.push(await transaction.seal());
    });
    const failing = target.transaction(scope('whole', 2), () => Promise.reject(new Error('failed')));
    await expect(failing).rejects.toThrow('failed');
    expect(rows).toEqual([{ brokenOpen: false }]);
    expect(await markers('whole')).toEqual([]);
  });

  it('is noticed when a procedure commits, too', async () => {
    await target.markers(chainIn('procedure')).open();
    await dataSource.query(
      "CREATE PROCEDURE commits() BEGIN INSERT INTO effect VALUES ('by procedure'); COMMIT; END",
    );
    const sealed = await target.transaction(scope('procedure'), async (transaction) => {
      await runnerOf(transaction.clients).query('CALL commits()');
      return transaction.seal();
    });
    expect(sealed).toEqual({ brokenOpen: true });
    expect(await markers('procedure')).toEqual([]);
  });

  it('fails when a procedure rolls back, and what came after that is on record as broken open', async () => {
    await target.markers(chainIn('rolls-back')).open();
    await dataSource.query('CREATE PROCEDURE rolls_back() BEGIN ROLLBACK; END');
    const failing = target.transaction(scope('rolls-back'), async ({ clients }) => {
      await runnerOf(clients).query('CALL rolls_back()');
      await runnerOf(clients).query(insert('on its own'));
    });
    await expect(failing).rejects.toThrow(/has committed or rolled back the transaction/);
    expect(await markers('rolls-back')).toMatchObject([{ kind: 'open' }]);
  });

  it('does not lock out the next attempt while a stopped process has its marker uncommitted', async () => {
    await target.markers(chainIn('stopped')).open();
    const other = new TypeOrmTargetSystem('user-db', await location.open());
    await target.transaction(scope('stopped', 1), () =>
      other.transaction(scope('stopped', 2), async (transaction) => {
        await transaction.seal();
        await transaction.removeMarkers(['add-user-status', 'another']);
        await transaction.writeMarker({ changeId: 'add-user-status', attempt: 2, fence: 2, kind: 'applied' });
      }),
    );
    expect(await markers('stopped')).toMatchObject([{ attempt: 2, kind: 'applied' }]);
  });

  it('that a former holder is in is ended with its session when a new one raises the fence: no DDL on its way commits it', async () => {
    await target.markers(chainIn('former')).open();
    const successor = new TypeOrmTargetSystem('user-db', await location.open());
    const former = target.transaction(scope('former'), async ({ clients }) => {
      await runnerOf(clients).query(insert('by the former'));
      expect((await successor.markers(chainIn('former')).raiseFence(2)).token).toBe(2);
      await runnerOf(clients).query('CREATE TABLE by_the_former (id INT)');
    });
    await expect(former).rejects.toThrow(/connection to target system 'user-db' was lost/);
    expect(await markers('former')).toEqual([]);
    expect(await location.effects()).not.toContain('by the former');
    expect(await dataSource.query("SHOW TABLES LIKE 'by_the_former'")).toEqual([]);
  });

  it('that a newer holder is in is not ended by an older one, which is refused', async () => {
    await target.markers(chainIn('newer')).open();
    await target.markers(chainIn('newer')).raiseFence(3);
    const older = new TypeOrmTargetSystem('user-db', await location.open());
    await target.transaction(scope('newer'), async (transaction) => {
      expect((await older.markers(chainIn('newer')).raiseFence(2)).token).toBeGreaterThan(2);
      expect(await transaction.seal()).toEqual({ brokenOpen: false });
    });
  });

  it("ends nobody by a marker that is committed: the number of its session may be somebody else's by now", async () => {
    await target.markers(chainIn('committed')).open();
    const stranger = (await location.open()).createQueryRunner();
    const [{ id }] = await stranger.query('SELECT CONNECTION_ID() AS id');
    await dataSource.query(
      `INSERT INTO flamingock_marker VALUES ('${chainIn('').storeId}', 'committed', 'a', 1, 0, 'open', ${id})`,
    );
    expect((await target.markers(chainIn('committed')).raiseFence(2)).token).toBe(2);
    expect(await stranger.query('SELECT 1 AS one')).toEqual([expect.anything()]);
    await stranger.release();
  });

  it('and whose session may not be ended is waited for no longer than lockWait; the error says how to end it', async () => {
    await target.markers(chainIn('another')).open();
    const stranger = await strangerTo({ dataSource: () => location.open() }, 'mariadb');
    await stranger.grant('SELECT, INSERT, UPDATE, DELETE', 'flamingock_marker');
    await stranger.grant('SELECT, INSERT, UPDATE', 'flamingock_fence');
    const successor = new TypeOrmTargetSystem('user-db', stranger.dataSource, { lockWait: '1s' });
    await target.transaction(scope('another'), async ({ clients }) => {
      const [{ id }] = await runnerOf(clients).query('SELECT CONNECTION_ID() AS id');
      await expect(successor.markers(chainIn('another')).raiseFence(2)).rejects.toThrow(
        new RegExp(
          `marker of change 'add-user-status', attempt 1.* \\(written by session ${id}; KILL ${id} ends it\\).*locked for 1000 ms`,
        ),
      );
    });
    expect((await successor.markers(chainIn('another')).raiseFence(2)).token).toBe(2);
    await stranger.end();
  });

  it('that MariaDB rolled back for a deadlock lets nothing more pass', async () => {
    await target.markers(chainIn('deadlock')).open();
    await dataSource.query(`INSERT INTO effect VALUES ('row a'), ('row b')`);
    const change = (row: string) => `UPDATE effect SET name = name WHERE name = '${row}' OR name = ''`;
    const lock = (row: string) => `SELECT * FROM effect WHERE name = '${row}' FOR UPDATE`;
    const rival = (await location.open()).createQueryRunner();
    await rival.startTransaction();
    // The one that has written less is the victim.
    for (let index = 0; index < 20; index += 1) await rival.query(insert(`weight ${index}`));
    await rival.query(lock('row a'));
    const failing = target.transaction(scope('deadlock'), async ({ clients }) => {
      const runner = runnerOf(clients);
      await runner.query(lock('row b'));
      const blocked = rival.query(lock('row b'));
      // The second one stands in the driver's queue when the first is answered.
      await Promise.allSettled([runner.query(lock('row a')), runner.query(insert('behind the deadlock'))]);
      await runner.query(change('row a')).catch(() => {});
      await runner.query(insert('after the deadlock')).catch(() => {});
      await blocked;
    });
    await expect(failing).rejects.toThrow(/has rolled back the transaction/);
    await rival.rollbackTransaction();
    await rival.release();
    const effects = await location.effects();
    expect(effects).not.toContain('behind the deadlock');
    expect(effects).not.toContain('after the deadlock');
    expect(await markers('deadlock')).toEqual([]);
  });
});
