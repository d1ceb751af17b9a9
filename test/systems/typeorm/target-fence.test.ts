import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { TargetSystemError } from 'nestjs-flamingock';
import { TypeOrmTargetSystem } from 'nestjs-flamingock/typeorm';
import { chainIn } from '../../../lib/testing/target-system/attempt-scope.sample.js';
import { WITNESS } from '../../../lib/testing/target-system/fence-row.contract.js';
import { attemptScope } from './support/attempt-scope.js';
import { withTargetLocation } from './support/target-location.js';

describe.each([
  ['postgres', 'SELECT pg_backend_pid() AS id', /pg_terminate_backend\((\d+)\)/],
  ['mariadb', 'SELECT CONNECTION_ID() AS id', /KILL (\d+)/],
] as const)('the fence on %s, when a stopped process has its row', (kind, whoAmI, howToEnd) => {
  it('is waited for no longer than lockWait; the error names the session and how to end it', () =>
    withTargetLocation(kind, async (location) => {
      const former = await location.open();
      const stopped = new TypeOrmTargetSystem('user-db', former);
      const current = new TypeOrmTargetSystem('user-db', await location.open(), { lockWait: '1s' });
      await current.markers(chainIn('default')).open();
      await stopped.transaction(attemptScope(), async (transaction) => {
        await transaction.seal();
        await transaction.raiseFence(1, WITNESS);
        const session = transaction.session as { query(text: string): Promise<{ id: string }[]> };
        const [{ id } = { id: '' }] = await session.query(whoAmI);
        const begun = performance.now();
        const error: unknown = await current
          .markers(chainIn('default'))
          .raiseFence(2)
          .catch((thrown: unknown) => thrown);
        expect(performance.now() - begun).toBeLessThan(8_000);
        expect(error).toBeInstanceOf(TargetSystemError);
        const { message } = error as TargetSystemError;
        expect(message).toMatch(/The fence of target system 'user-db'.*locked for 1000 ms/);
        expect(message).toContain(`session ${id}`);
        expect(howToEnd.exec(message)?.[1]).toBe(String(id));
      });
      expect((await current.markers(chainIn('default')).raiseFence(2)).token).toBe(2);
    }));

  it('leaves the bound on no connection of the pool', () =>
    withTargetLocation(kind, async (location) => {
      const dataSource = await location.open({ poolSize: 1 });
      const bound = kind === 'postgres' ? 'SHOW lock_timeout' : 'SELECT @@innodb_lock_wait_timeout';
      const before = await dataSource.query(bound);
      const target = new TypeOrmTargetSystem('user-db', dataSource, { lockWait: '3s' });
      await target.markers(chainIn('default')).open();
      await target.markers(chainIn('default')).raiseFence(1);
      expect(await dataSource.query(bound)).toEqual(before);
    }));
});

describe('a SQLite database that another process has locked', () => {
  it('is waited for without blocking this process, and no longer than lockWait', () =>
    withTargetLocation('sqlite', async (location) => {
      const former = new TypeOrmTargetSystem('user-db', await location.open());
      const current = new TypeOrmTargetSystem('user-db', await location.open({ timeout: 5_000 } as object), {
        lockWait: '300ms',
      });
      await current.markers(chainIn('default')).open();
      await former.transaction(attemptScope(), async () => {
        let ticks = 0;
        const timer = setInterval(() => (ticks += 1), 10);
        await expect(current.markers(chainIn('default')).raiseFence(2)).rejects.toThrow(/locked by another/);
        await expect(current.transaction(attemptScope(), () => sleep(1))).rejects.toThrow(TargetSystemError);
        clearInterval(timer);
        // A connection that blocks the process would let it tick once or twice; a busy machine lets it tick less often.
        expect(ticks).toBeGreaterThan(5);
      });
      expect((await current.markers(chainIn('default')).raiseFence(2)).token).toBe(2);
    }));
});
