import { describe, expect, it } from '@jest/globals';
import { TargetSystemError } from 'nestjs-flamingock';
import { TypeOrmTargetSystem } from 'nestjs-flamingock/typeorm';
import { DataSource } from 'typeorm';
import { isInjected } from '../../../lib/core/model/injected.js';
import { chainIn } from '../../../lib/testing/target-system/attempt-scope.sample.js';
import { withTargetLocation } from './support/target-location.js';

/** The statements that an error tells to run. */
function statementsOf(error: unknown): string[] {
  return (error as TargetSystemError).fix.filter((line) => line.startsWith('CREATE'));
}

describe.each(['postgres', 'mariadb', 'sqlite'] as const)('the tables on %s', (kind) => {
  it('are asked for with the statements to run where they may not be created', () =>
    withTargetLocation(kind, async (location) => {
      const dataSource = await location.open();
      const markers = new TypeOrmTargetSystem('user-db', dataSource, { createTables: false }).markers(
        chainIn('default'),
      );
      const error: unknown = await markers.open().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(TargetSystemError);
      expect(String(error)).toMatch(
        /flamingock_marker.*flamingock_fence.*'user-db' are missing.*createTables is false/,
      );
      for (const statement of statementsOf(error)) await dataSource.query(statement);
      await markers.open();
      expect((await markers.raiseFence(1)).token).toBe(1);
    }));

  it('are called as the options say', () =>
    withTargetLocation(kind, async (location) => {
      const dataSource = await location.open();
      const names = { markerTable: 'our marker', fenceTable: 'our "fence`' };
      const markers = new TypeOrmTargetSystem('user-db', dataSource, names).markers(chainIn('default'));
      await markers.open();
      expect((await markers.raiseFence(1)).token).toBe(1);
      expect(await markers.read()).toEqual([]);
      const runner = dataSource.createQueryRunner();
      expect(await runner.hasTable('flamingock_marker')).toBe(false);
      await runner.release();
    }));

  it('need a DataSource of a kind that is supported', () => {
    const other = new DataSource({ type: 'sqljs', driver: {}, location: 'x' } as never);
    expect(() => new TypeOrmTargetSystem('user-db', other)).toThrow(/'sqljs' is not supported/);
  });
});

describe('a role of PostgreSQL that may not create tables', () => {
  it('gets the statements to hand to somebody who may, and works once they were run', () =>
    withTargetLocation('postgres', async (location) => {
      const owner = await location.open();
      await owner.query('CREATE SCHEMA books');
      const role = `changes_${Date.now()}`;
      await owner.query(`CREATE ROLE ${role} LOGIN; GRANT USAGE ON SCHEMA books TO ${role}`);
      const url = new URL((owner.options as { url: string }).url);
      url.username = role;
      const target = new TypeOrmTargetSystem('user-db', await location.open({ url: url.href } as object), {
        schema: 'books',
      });
      const error: unknown = await target
        .markers(chainIn('default'))
        .open()
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(TargetSystemError);
      expect(statementsOf(error)).toHaveLength(2);
      for (const statement of statementsOf(error)) await owner.query(statement);
      await owner.query(`GRANT ALL ON ALL TABLES IN SCHEMA books TO ${role}`);
      await target.markers(chainIn('default')).open();
      expect((await target.markers(chainIn('default')).raiseFence(3)).token).toBe(3);
    }));
});

describe('a target system from the container', () => {
  it('is described by its token, and made of the DataSource', () =>
    withTargetLocation('sqlite', async (location) => {
      const dataSource = await location.open();
      const injected = TypeOrmTargetSystem.inject('user-db');
      expect(isInjected(injected)).toBe(true);
      expect(injected.token).toBe(DataSource);
      expect(TypeOrmTargetSystem.inject('user-db', 'other').token).toBe('other');
      const target = injected.create(dataSource);
      expect([target.id, target.kind, target.transactional, target.resource === dataSource]).toEqual([
        'user-db',
        'typeorm:better-sqlite3',
        true,
        true,
      ]);
    }));
});
