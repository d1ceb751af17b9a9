import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditStore, Clients } from 'nestjs-flamingock/kit';
import { FileSystemClient, FileSystemTargetSystem } from 'nestjs-flamingock/filesystem';
import { MemoryAuditStore, MemoryDatabase } from 'nestjs-flamingock/memory';
import type { ConnectOptions, PairLocation, RecoveryPair } from 'nestjs-flamingock/testing';
import { TypeOrmAuditStore } from 'nestjs-flamingock/typeorm';
import type { DatabaseKind } from '../../support/databases.js';
import { tamperInMemory } from './memory-pair.js';
import { createSqlLocation, type SqlLocation } from './sql-location.js';

type AuditKind = DatabaseKind | 'memory';

/** The audit in a database, the effects files in a folder. */
export function fileSystemPair(audit: AuditKind): RecoveryPair {
  return {
    name: `${audit === 'memory' ? audit : `typeorm:${audit}`} × filesystem`,
    strategy: 'plain',
    concurrentWriters: true,
    capabilities: ['tamper'],
    effect: (clients, name) => filesOf(clients).write(name, 'in effect\n'),
    revert: async (clients, name) => void (await filesOf(clients).remove(name)),
    sees: (clients, name) => filesOf(clients).exists(name),
    createLocation: async () =>
      fileSystemLocation(audit === 'memory' ? memoryAudits() : sqlAudits(await createSqlLocation(audit))),
  };
}

/** Makes a place of a folder, next to what keeps the audit. */
export async function fileSystemLocation(audits: Audits): Promise<PairLocation> {
  const root = await mkdtemp(join(tmpdir(), 'flamingock-pair-'));
  return {
    connect: async (namespace, options) => ({
      ...(await audits.connect(namespace, options)),
      target: new FileSystemTargetSystem('config', { root }),
    }),
    effects: () => readdir(root),
    tamper: audits.tamper,
    drop: async () => {
      await rm(root, { recursive: true });
      await audits.drop();
    },
  };
}

/** What keeps the audit. */
export interface Audits extends Required<Pick<PairLocation, 'tamper' | 'drop'>> {
  connect(
    namespace: string,
    options?: ConnectOptions,
  ): Promise<{ store: AuditStore; close(): Promise<void> }>;
}

function memoryAudits(): Audits {
  const database = new MemoryDatabase();
  return {
    connect: async (namespace) => ({
      store: new MemoryAuditStore(database, { namespace }),
      close: async () => {},
    }),
    tamper: (namespace, seq, how) => tamperInMemory(database, namespace, seq, how),
    drop: async () => {},
  };
}

export function sqlAudits({ open, tamper, drop }: SqlLocation): Audits {
  return {
    connect: async (namespace, options) => {
      const dataSource = await open(options);
      return {
        store: new TypeOrmAuditStore(dataSource, { namespace }),
        close: () => dataSource.destroy(),
      };
    },
    tamper,
    drop,
  };
}

function filesOf([{ instance }]: Clients): FileSystemClient {
  if (instance instanceof FileSystemClient) return instance;
  throw new TypeError('the main client is not a FileSystemClient');
}
