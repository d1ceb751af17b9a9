import { afterEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { AuditStoreError, TargetSystemError } from 'nestjs-flamingock';
import { TypeOrmAuditStore, TypeOrmTargetSystem } from 'nestjs-flamingock/typeorm';
import { dialectOf } from '../../../lib/systems/typeorm/dialect-of.js';
import {
  type MarkerTables,
  markerTables,
  upgradeMarkerTables,
} from '../../../lib/systems/typeorm/marker-tables.js';
import { upgradeTables } from '../../../lib/systems/typeorm/open-tables.js';
import { snapshotOf, snapshotStatement } from '../../../lib/systems/typeorm/snapshot.js';
import { StoreConnection } from '../../../lib/systems/typeorm/store-connection.js';
import { type StoreTables, storeTables } from '../../../lib/systems/typeorm/store-tables.js';
import { chainIn } from '../../../lib/testing/target-system/attempt-scope.sample.js';
import { acquire, append, draft } from './support/entries.js';
import { createStoreStorage, type OpenStorage } from './support/store-storage.js';

let storage: OpenStorage;
afterEach(() => storage.drop());

/** A version that does not exist yet: a column for the audit, and one for the markers. */
function madeUp<T extends StoreTables | MarkerTables>(tables: T, table: string): T {
  return {
    ...tables,
    upgrades: [[`ALTER TABLE ${table} ADD COLUMN added_later VARCHAR(10) NULL`]],
    version: 2,
  };
}

function newerStore(dataSource: DataSource): StoreTables {
  const names = { auditTable: 'flamingock_audit', lockTable: 'flamingock_lock' };
  return madeUp(storeTables(dataSource, 'default', names), 'flamingock_audit');
}

function newerTarget(dataSource: DataSource): MarkerTables {
  const names = { markerTable: 'flamingock_marker', fenceTable: 'flamingock_fence' };
  return madeUp(markerTables(dialectOf(dataSource), names), 'flamingock_marker');
}

describe.each(['postgres', 'mariadb', 'sqlite'] as const)('tables of an older version on %s', (kind) => {
  it('of an audit store are not ready, and are brought up to date by replicas that race, with all that is in them', async () => {
    storage = await createStoreStorage(kind);
    const dataSource = await storage.dataSource();
    const store = new TypeOrmAuditStore(dataSource);
    await store.open();
    const fence = await acquire(store);
    await append(store, fence, [draft({ changeId: 'a' })]);
    await store.release(fence);

    const newer = newerStore(dataSource);
    const connection = new StoreConnection(dataSource);
    const look = async () => snapshotOf(newer, (await connection.read(snapshotStatement(newer))).rows);
    expect(await look()).toMatchObject({ ready: false, storeId: fence.storeId, head: { seq: 1 } });
    const upgrading = [1, 2, 3, 4].map(() => connection.use((execute) => upgradeTables(execute, newer)));
    await Promise.all(upgrading);
    expect(await look()).toMatchObject({ ready: true, storeId: fence.storeId, head: { seq: 1 } });
    const columns = 'SELECT change_id, added_later FROM flamingock_audit';
    expect(await dataSource.query(columns)).toEqual([{ change_id: 'a', added_later: null }]);

    for (const ask of [() => store.snapshot(), () => store.summary()])
      await expect(ask()).rejects.toThrow(/version 2; .* knows version 1[^]*upgrade nestjs-flamingock/);
    await expect(store.snapshot()).rejects.toThrow(AuditStoreError);
  });

  it('of a target system are brought up to date likewise, with the markers in them', async () => {
    storage = await createStoreStorage(kind);
    const dataSource = await storage.dataSource();
    const target = new TypeOrmTargetSystem('user-db', dataSource);
    const markers = target.markers(chainIn('default'));
    await markers.open();
    await markers.raiseFence(3);

    const newer = newerTarget(dataSource);
    expect(await upgradeMarkerTables(dataSource, newer)).toBe(1);
    expect(await upgradeMarkerTables(dataSource, newer)).toBe(2);
    await dataSource.query('SELECT added_later FROM flamingock_marker');
    await expect(markers.open()).rejects.toThrow(TargetSystemError);
    await expect(markers.open()).rejects.toThrow(/version 2; .* knows version 1/);
    expect((await markers.raiseFence(2)).token).toBe(3);
  });
});
