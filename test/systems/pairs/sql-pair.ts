import type { Clients } from 'nestjs-flamingock/kit';
import type { ConnectedPair, ConnectOptions, PairLocation, RecoveryPair } from 'nestjs-flamingock/testing';
import { TypeOrmAuditStore, TypeOrmTargetSystem } from 'nestjs-flamingock/typeorm';
import type { QueryRunner } from 'typeorm';
import type { DatabaseKind } from '../../support/databases.js';
import { createSqlLocation, type SqlLocation } from './sql-location.js';

/**
 * The audit in one database, the effects in another or, without `target`, in the same.
 */
export function sqlPair(audit: DatabaseKind, target?: DatabaseKind): RecoveryPair {
  const elsewhere = target ?? audit;
  return {
    name: `typeorm:${audit} × typeorm:${elsewhere}`,
    strategy: target ? 'marker' : 'shared',
    concurrentWriters: elsewhere !== 'sqlite',
    capabilities: elsewhere === 'sqlite' ? ['tamper'] : ['tamper', 'cut'],
    effect: async (clients, name) =>
      void (await runnerOf(clients).query(`INSERT INTO effect VALUES ('${name}')`)),
    revert: async (clients, name) =>
      void (await runnerOf(clients).query(`DELETE FROM effect WHERE name = '${name}'`)),
    sees: async (clients, name) => {
      const rows: unknown[] = await runnerOf(clients).query(`SELECT 1 FROM effect WHERE name = '${name}'`);
      return rows.length === 1;
    },
    ...(elsewhere === 'mariadb' && {
      breakOpen: async (clients: Clients) =>
        void (await runnerOf(clients).query('CREATE OR REPLACE TABLE broken (id INT)')),
    }),
    createLocation: async () => {
      const audits = await createSqlLocation(audit);
      return pairLocation(audits, target ? await createSqlLocation(target) : audits);
    },
  };
}

/** Makes a place of one database, or of two. */
export async function pairLocation(audits: SqlLocation, effects: SqlLocation): Promise<PairLocation> {
  await effects.query('CREATE TABLE IF NOT EXISTS effect (name VARCHAR(190) PRIMARY KEY)');
  return {
    connect: (namespace, options) => connect(audits, effects, namespace, options),
    effects: async () => (await effects.query('SELECT name FROM effect')).map(({ name }) => String(name)),
    tamper: audits.tamper,
    cut: effects.cut,
    drop: async () => {
      for (const location of new Set([audits, effects])) await location.drop();
    },
  };
}

async function connect(
  audits: SqlLocation,
  effects: SqlLocation,
  namespace: string,
  options?: ConnectOptions,
): Promise<ConnectedPair> {
  const auditSource = await audits.open(options);
  const targetSource = audits === effects ? auditSource : await effects.open(options);
  return {
    store: new TypeOrmAuditStore(auditSource, { namespace }),
    target: new TypeOrmTargetSystem('shop-db', targetSource, { lockWait: '1s' }),
    close: async () => {
      for (const dataSource of new Set([auditSource, targetSource])) await dataSource.destroy();
    },
  };
}

function runnerOf([{ instance }]: Clients): QueryRunner {
  return instance as QueryRunner;
}
