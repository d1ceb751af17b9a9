import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { config, down, up } from 'migrate-mongo';
import { BSON, Long } from 'mongodb';
import { migrateMongoChangelog } from '../../lib/systems/mongoose/import/migrate-mongo-changelog.js';
import { mongockChangeLog } from '../../lib/systems/mongoose/import/mongock-change-log.js';
import { booted, memoryOptions } from '../nest/support/apps.js';
import { changesNamed } from '../nest/support/changes.js';
import { createScratch } from '../servers/scratch.mjs';
import { fixtureOf } from './fixtures.js';
import { mongoLocation } from './mongo-location.js';
import { statesOf } from './sql-location.js';

const location = mongoLocation();

describe('migrate-mongo', () => {
  let folder: string;
  beforeEach(() => {
    folder = createScratch('migrate-mongo');
    mkdirSync(join(folder, 'migrations'));
    for (const name of ['1-create-users.js', '2-add-status.js'])
      writeFileSync(
        join(folder, 'migrations', name),
        'module.exports = { up: async (db) => void (await db.collection("x").insertOne({})), down: async () => undefined };',
      );
    config.set({
      migrationsDir: join(folder, 'migrations'),
      changelogCollectionName: 'changelog',
      lockCollectionName: 'changelog_lock',
      lockTtl: 0,
      migrationFileExtension: '.js',
      useFileHash: true,
      moduleSystem: 'commonjs',
    });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('has run its migrations', async () => {
    await up(location.db, location.client);
    const source = migrateMongoChangelog(location.db);
    expect(source.name).toBe(`migrate-mongo's collection 'changelog' (MongoDB, ${location.db.databaseName})`);
    const rows = await source.read();
    expect(rows).toMatchObject([
      { name: '1-create-users.js', state: 'applied', facts: { fileHash: expect.stringMatching(/^\w{64}$/) } },
      { name: '2-add-status.js', state: 'applied' },
    ]);
    expect(rows.every(({ at }) => Math.abs(Date.now() - Date.parse(at ?? '')) < 60_000)).toBe(true);
  });

  it('has reverted one', async () => {
    await up(location.db, location.client);
    await down(location.db, location.client);
    expect(await statesOf(migrateMongoChangelog(location.db))).toEqual(['1-create-users.js applied']);
  });

  it('has run a file again whose hash had changed', async () => {
    await up(location.db, location.client);
    appendFileSync(join(folder, 'migrations', '1-create-users.js'), '\n// a second thought');
    await up(location.db, location.client).catch(() => undefined);
    const again = (await location.db.collection('changelog').find().toArray()).map(
      ({ fileName }) => fileName,
    );
    expect(again).toEqual(['1-create-users.js', '2-add-status.js', '1-create-users.js']);
    expect(await statesOf(migrateMongoChangelog(location.db))).toEqual([
      '2-add-status.js applied',
      '1-create-users.js applied',
    ]);
  });

  it('was never used', async () => {
    expect(await migrateMongoChangelog(location.db).read()).toEqual([]);
  });
});

describe('kept from Mongock', () => {
  it.each([
    [4, 'failed'],
    [5, 'rolled-back'],
  ])('%d', async (version, state) => {
    const { documents } = fixtureOf(`mongock-${version}`);
    await location.db
      .collection('mongockChangeLog')
      .insertMany(documents.map((document) => BSON.EJSON.deserialize(document)));
    const rows = await mongockChangeLog(location.db).read();
    expect(rows).toMatchObject([
      { name: 'create-users', state: 'applied', author: 'ann', facts: { metadata: { build: 42 } } },
      { name: 'every-time', state: 'applied' },
      { name: 'broken', state },
    ]);
    expect(rows[0]?.durationMs).toBeGreaterThanOrEqual(0);
    // It writes -1.
    expect(rows[2]?.durationMs).toBeUndefined();
  });
});

/** What Mongock was not made to write, by hand. */
describe('Mongock', () => {
  let second = 0;
  beforeEach(() => {
    second = 0;
  });

  const entry = (changeId: string, state: string, differences: object = {}) => ({
    executionId: '2024-01-01T10:00:00-734',
    changeId,
    author: 'ann',
    timestamp: new Date(Date.UTC(2024, 0, 1, 10, 0, second++)),
    state,
    type: 'EXECUTION',
    changeLogClass: 'demo.CreateUsers',
    changeSetMethod: 'execute',
    metadata: { build: Long.fromNumber(42) },
    executionMillis: Long.fromNumber(31),
    executionHostname: 'vm',
    errorTrace: null,
    systemChange: false,
    ...differences,
  });

  async function states(...documents: readonly object[]): Promise<string[]> {
    await location.db.collection('mongockChangeLog').insertMany([...documents]);
    return statesOf(mongockChangeLog(location.db));
  }
  const before = { type: 'BEFORE_EXECUTION' };

  it('tells what it knows of a change unit', async () => {
    await location.db.collection('mongockChangeLog').insertOne(entry('create-users', 'EXECUTED'));
    expect(await mongockChangeLog(location.db).read()).toMatchObject([
      {
        name: 'create-users',
        state: 'applied',
        at: '2024-01-01T10:00:00.000Z',
        author: 'ann',
        durationMs: 31,
        facts: { state: 'EXECUTED', changeLogClass: 'demo.CreateUsers', metadata: { build: 42 } },
      },
    ]);
  });

  it('left change units in every state', async () => {
    expect(
      await states(
        entry('a', 'EXECUTED'),
        entry('b', 'FAILED'),
        entry('c', 'ROLLED_BACK'),
        entry('d', 'ROLLBACK_FAILED'),
        entry('system-change-00001', 'EXECUTED', { systemChange: true }),
        entry('e', 'IGNORED'),
      ),
    ).toEqual(['a applied', 'b failed', 'c rolled-back', 'd failed']);
  });

  it('ran one again: the latest counts, but for what was ignored', async () => {
    const late = entry('a', 'EXECUTED');
    expect(
      await states(
        { ...late, timestamp: new Date(Date.UTC(2025, 0)) },
        entry('a', 'FAILED'),
        entry('b', 'EXECUTED'),
        entry('b', 'IGNORED'),
      ),
    ).toEqual(['b applied', 'a applied']);
  });

  it('ran the before-part of a change unit', async () => {
    expect(
      await states(
        entry('a_before', 'EXECUTED', before),
        entry('a', 'EXECUTED'),
        entry('b_before', 'EXECUTED', before),
        entry('b', 'FAILED'),
        entry('c_before', 'EXECUTED', before),
        entry('d_before', 'ROLLED_BACK', before),
        entry('d', 'ROLLED_BACK'),
        entry('e_before', 'ROLLBACK_FAILED', before),
        entry('e', 'ROLLED_BACK'),
      ),
    ).toEqual(['a applied', 'b failed', 'c failed', 'd rolled-back', 'e failed']);
  });

  it('says how far a change unit came', async () => {
    await states(entry('c_before', 'EXECUTED', before));
    const [row] = await mongockChangeLog(location.db).read();
    expect(row?.remark).toBe('its state there is nothing, that of its before-part EXECUTED');
  });

  it('was of version 4', async () => {
    const old = { type: undefined, errorTrace: undefined, systemChange: undefined };
    expect(
      await states(
        entry('a', 'EXECUTED', old),
        entry('b_before', 'EXECUTED', old),
        entry('b', 'EXECUTED', old),
        entry('a', 'EXECUTED'),
      ),
    ).toEqual(['b applied', 'a applied']);
  });
});

describe('as the option importHistory', () => {
  it.each([
    ['the default connection of Mongoose', 'DatabaseConnection', mongockChangeLog.inject()],
    ['a database under a token of its own', 'OLD_DB', mongockChangeLog.inject('OLD_DB')],
  ])('takes %s from Nest', async (_, provide, source) => {
    await location.db
      .collection('mongockChangeLog')
      .insertOne({ changeId: 'one', state: 'EXECUTED', timestamp: new Date() });
    const providers = [...changesNamed('one', 'two'), { provide, useValue: location.db }];
    const { flamingock } = await booted({ providers }, memoryOptions({ importHistory: [{ source }] }));
    const operations = [];
    for await (const { changeId, operation } of flamingock.history())
      operations.push(`${changeId} ${operation}`);
    expect(operations).toEqual(['one import', 'two apply', 'two apply']);
  });
});
