import { Module } from '@nestjs/common';
import { LazyModuleLoader } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from '@jest/globals';
import { Apply, Change } from 'nestjs-flamingock';
import { TypeOrmAuditStore, TypeOrmTargetSystem } from 'nestjs-flamingock/typeorm';
import { DataSource } from 'typeorm';
import { booted, memoryOptions } from './support/apps.js';
import { changesNamed } from './support/changes.js';
import { KeptLog } from './support/log.js';

@Change({ id: 'forgotten', order: '0001', author: 'team', targetSystem: 'db' })
class Forgotten {
  @Apply()
  apply(): void {}
}

const turn = () => new Promise((done) => setImmediate(done));

describe('warns once at boot', () => {
  it('of a DataSource that changes the schema on its own', async () => {
    const dataSource = await new DataSource({
      type: 'better-sqlite3',
      database: ':memory:',
      synchronize: true,
      migrationsRun: true,
    }).initialize();
    const log = new KeptLog();
    const { app } = await booted(
      {},
      memoryOptions({
        auditStore: new TypeOrmAuditStore(dataSource),
        targetSystems: [new TypeOrmTargetSystem('db', dataSource)],
      }),
      log,
    );
    expect(log.with('synchronize')).toEqual([
      expect.stringMatching(
        /^warn: the DataSource of better-sqlite3 ':memory:' has synchronize, migrationsRun on: TypeORM changes the schema on its own/,
      ),
    ]);
    await app.close();
    await dataSource.destroy();
  });

  it('of changes in an app without FlamingockModule, by name', async () => {
    const log = new KeptLog();
    @Module({ providers: [Forgotten] })
    class FeatureModule {}
    const metadata = { imports: [FeatureModule], providers: changesNamed('one', 'two') };
    const app = await Test.createTestingModule(metadata).setLogger(log).compile();
    await app.init();
    await turn();
    expect(log.lines.filter((line) => line.startsWith('warn'))).toHaveLength(1);
    expect(log.with('warn')[0]).toMatch(
      /(Forgotten and TestChange|TestChange and Forgotten): provided in an app that does not import FlamingockModule/,
    );
  });

  it.each(['apply', 'skip', 'background'] as const)('of none in an app with it: %s', async (onBootstrap) => {
    const log = new KeptLog();
    await booted({ providers: [Forgotten] }, memoryOptions({ onBootstrap }), log);
    await turn();
    expect(log.with('warn')).toEqual([]);
  });

  it('of changes in a lazily loaded module', async () => {
    const log = new KeptLog();
    const { app } = await booted({ providers: changesNamed('one') }, memoryOptions(), log);
    @Module({ providers: [Forgotten] })
    class LazyModule {}
    await app.get(LazyModuleLoader).load(() => LazyModule);
    await app.get(LazyModuleLoader).load(() => LazyModule);
    expect(log.with('warn')).toEqual([
      expect.stringMatching(/^warn: Forgotten: provided in a lazily loaded module, .* never runs them/),
    ]);
  });
});
