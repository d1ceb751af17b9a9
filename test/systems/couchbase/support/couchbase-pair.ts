import { CouchbaseAuditStore } from 'nestjs-flamingock/couchbase';
import type { RecoveryPair } from 'nestjs-flamingock/testing';
import { TypeOrmTargetSystem } from 'nestjs-flamingock/typeorm';
import { documentKeys } from '../../../../lib/systems/couchbase/store/store-location.js';
import { type Audits, fileSystemLocation, fileSystemPair } from '../../pairs/filesystem-pair.js';
import { createSqlLocation } from '../../pairs/sql-location.js';
import { sqlPair } from '../../pairs/sql-pair.js';
import { editEntry, removeEntries } from './couchbase-documents.js';
import { createCouchbaseLocation, durability } from './couchbase-location.js';

/** The audit in Couchbase, the effects files in a folder. */
export function couchbaseFilePair(): RecoveryPair {
  const createLocation = async () => fileSystemLocation(await couchbaseAudits());
  return { ...fileSystemPair('memory'), name: 'couchbase (mock) × filesystem', createLocation };
}

/** The audit in Couchbase, the effects in PostgreSQL. */
export function couchbasePostgresPair(): RecoveryPair {
  return {
    ...sqlPair('postgres', 'postgres'),
    name: 'couchbase (mock) × typeorm:postgres',
    createLocation: async () => {
      const audits = await couchbaseAudits();
      const effects = await createSqlLocation('postgres');
      await effects.query('CREATE TABLE effect (name VARCHAR(190) PRIMARY KEY)');
      return {
        connect: async (namespace, options) => {
          const { store, close } = await audits.connect(namespace);
          const dataSource = await effects.open(options);
          return {
            store,
            target: new TypeOrmTargetSystem('shop-db', dataSource, { lockWait: '1s' }),
            close: async () => {
              await dataSource.destroy();
              await close();
            },
          };
        },
        effects: async () => (await effects.query('SELECT name FROM effect')).map(({ name }) => String(name)),
        tamper: audits.tamper,
        cut: effects.cut,
        drop: async () => {
          await effects.drop();
          await audits.drop();
        },
      };
    },
  };
}

async function couchbaseAudits(): Promise<Audits> {
  const { keyPrefix, connect } = createCouchbaseLocation();
  const observer = await connect();
  return {
    connect: async (namespace) => {
      const { collection, close } = await connect();
      return { store: new CouchbaseAuditStore(collection, { namespace, keyPrefix, durability }), close };
    },
    tamper: async (namespace, seq, how) => {
      const keys = documentKeys(keyPrefix, namespace);
      if (how === 'edit') await editEntry(observer.collection, keys.entry(seq), { author: 'somebody else' });
      else await removeEntries(observer.collection, keys, (each) => each === seq);
    },
    drop: observer.close,
  };
}
