import { DataSource, type DataSourceOptions } from 'typeorm';
import type { StoreStorage } from 'nestjs-flamingock/testing';
import {
  TypeOrmAuditStore,
  type TypeOrmAuditStoreOptions,
  TypeOrmTargetSystem,
} from 'nestjs-flamingock/typeorm';
import { createDatabase, type DatabaseKind } from '../../../support/databases.js';

/** The databases of this technology's tests; `memory` is SQLite's `:memory:`, where all stores are on one connection. */
export type StoreKind = DatabaseKind | 'memory';

/** A storage whose parts a test can reach. */
export interface OpenStorage extends StoreStorage {
  /** A connection of one's own to the storage, ended with it. */
  dataSource(more?: Partial<DataSourceOptions>): Promise<DataSource>;
}

/** An empty database. */
export async function createStoreStorage(
  kind: StoreKind,
  options: TypeOrmAuditStoreOptions = {},
): Promise<OpenStorage> {
  const { location, drop } = await createLocation(kind);
  const opened: DataSource[] = [];
  const dataSource = async (more: Partial<DataSourceOptions> = {}): Promise<DataSource> => {
    const made = await location(more);
    opened.push(made);
    return made;
  };
  return {
    dataSource,
    connect: async (namespace) => {
      const resource = await dataSource();
      const store = new TypeOrmAuditStore(resource, { ...options, namespace });
      const target = new TypeOrmTargetSystem('user-db', resource);
      return { store, target, close: () => (kind === 'memory' ? Promise.resolve() : destroy(resource)) };
    },
    cut: async (namespace, after) => {
      const around = await dataSource();
      const parts = [options.schema, options.auditTable ?? 'flamingock_audit'].filter(Boolean);
      await around
        .createQueryBuilder()
        .delete()
        .from(parts.join('.'))
        .where('namespace = :namespace AND seq > :after', { namespace, after })
        .execute();
    },
    drop: async () => {
      await Promise.all(opened.map(destroy));
      await drop();
    },
  };
}

interface Location {
  readonly location: (more: Partial<DataSourceOptions>) => Promise<DataSource>;
  readonly drop: () => Promise<void>;
}

async function createLocation(kind: StoreKind): Promise<Location> {
  if (kind === 'memory') {
    const only = await new DataSource({ type: 'better-sqlite3', database: ':memory:' }).initialize();
    return { location: async () => only, drop: async () => undefined };
  }
  const { dataSourceOptions, drop } = await createDatabase(kind);
  // Many connections of one process must not wait for each other for long: SQLite waits with the whole process.
  const small = kind === 'sqlite' ? { timeout: 100 } : { poolSize: 3 };
  const location = (more: Partial<DataSourceOptions>) =>
    new DataSource({ ...dataSourceOptions, ...small, ...more } as DataSourceOptions).initialize();
  return { location, drop };
}

async function destroy(dataSource: DataSource): Promise<void> {
  if (dataSource.isInitialized) await dataSource.destroy();
}
