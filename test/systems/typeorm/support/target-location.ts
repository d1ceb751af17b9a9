import type { Clients, TransactionalTargetSystem } from 'nestjs-flamingock/kit';
import type { Effect, TargetLocation, TransactionalTargetHarness } from 'nestjs-flamingock/testing';
import { TypeOrmTargetSystem, type TypeOrmTargetSystemOptions } from 'nestjs-flamingock/typeorm';
import {
  DataSource,
  type DataSourceOptions,
  type EntityManager,
  EntitySchema,
  type QueryRunner,
} from 'typeorm';
import { createDatabase, type DatabaseKind } from '../../../support/databases.js';

/** The table in which the effects of test changes are. */
export interface EffectRow {
  readonly name: string;
}

export const EffectEntity = new EntitySchema<EffectRow>({
  name: 'Effect',
  tableName: 'effect',
  columns: { name: { type: String, length: 190, primary: true } },
});

/** A database with an empty table `effect`, and as many connections of one's own to it as a test needs. */
export interface Location {
  readonly kind: DatabaseKind;
  open(more?: Partial<DataSourceOptions>): Promise<DataSource>;
  /** All effects that everybody sees. */
  effects(): Promise<readonly string[]>;
  drop(): Promise<void>;
}

export async function createTargetLocation(kind: DatabaseKind): Promise<Location> {
  const { dataSourceOptions, drop } = await createDatabase(kind);
  const opened: DataSource[] = [];
  const open = async (more: Partial<DataSourceOptions> = {}): Promise<DataSource> => {
    const small = kind === 'sqlite' ? { timeout: 100 } : { poolSize: 4 };
    const options = {
      ...dataSourceOptions,
      ...small,
      entities: [EffectEntity],
      ...more,
    } as DataSourceOptions;
    const dataSource = await new DataSource(options).initialize();
    opened.push(dataSource);
    return dataSource;
  };
  const observer = await open();
  await observer.query('CREATE TABLE effect (name VARCHAR(190) PRIMARY KEY)');
  return {
    kind,
    open,
    effects: async () =>
      (await observer.query<EffectRow[]>('SELECT name FROM effect ORDER BY name')).map(({ name }) => name),
    drop: async () => {
      await Promise.all(opened.filter(({ isInitialized }) => isInitialized).map((each) => each.destroy()));
      await drop();
    },
  };
}

/** Lends a place to one test. */
export async function withTargetLocation(
  kind: DatabaseKind,
  work: (location: Location) => Promise<void>,
): Promise<void> {
  const location = await createTargetLocation(kind);
  try {
    await work(location);
  } finally {
    await location.drop();
  }
}

export function runnerOf(clients: Clients): QueryRunner {
  return clients[0].instance as QueryRunner;
}

export function managerOf(clients: Clients): EntityManager {
  return clients.find(({ token }) => token === 'EntityManager')?.instance as EntityManager;
}

export function dataSourceOf(clients: Clients): DataSource {
  return clients.find(({ token }) => token === 'DataSource')?.instance as DataSource;
}

/** An INSERT as text; the names of tests need no escaping. */
export function insert(name: string): string {
  return `INSERT INTO effect (name) VALUES ('${name}')`;
}

const EFFECTS: Readonly<Record<string, Effect>> = {
  QueryRunner: async (clients, name) => void (await runnerOf(clients).query(insert(name))),
  EntityManager: async (clients, name) => void (await managerOf(clients).save(EffectEntity, { name })),
  'query builder of the manager': async (clients, name) =>
    void (await managerOf(clients).createQueryBuilder().insert().into('effect').values({ name }).execute()),
  'nested transaction': (clients, name) =>
    managerOf(clients).transaction(async (manager) => void (await manager.query(insert(name)))),
};

const THROUGH_DATA_SOURCE: Readonly<Record<string, Effect>> = {
  'repository of the DataSource': async (clients, name) =>
    void (await dataSourceOf(clients).getRepository(EffectEntity).insert({ name })),
  'transaction of the DataSource': (clients, name) =>
    dataSourceOf(clients).transaction(async (manager) => void (await manager.query(insert(name)))),
};

const THE_DRIVERS_OWN: Readonly<Record<DatabaseKind, Effect>> = {
  postgres: async (clients, name) => void (await (await runnerOf(clients).connect()).query(insert(name))),
  mariadb: async (clients, name) =>
    void (await (await runnerOf(clients).connect()).promise().query(insert(name))),
  sqlite: async (clients, name) => void (await runnerOf(clients).connect()).prepare(insert(name)).run(),
};

const dataSources = new WeakMap<TransactionalTargetSystem, DataSource>();

export function targetHarness(
  kind: DatabaseKind,
  options: TypeOrmTargetSystemOptions = {},
): TransactionalTargetHarness {
  return {
    name: `typeorm on ${kind}`,
    transactional: true,
    concurrentWriters: kind !== 'sqlite',
    effects: {
      ...EFFECTS,
      ...(kind === 'sqlite' && THROUGH_DATA_SOURCE),
      'connection of the driver': THE_DRIVERS_OWN[kind],
    },
    ...(kind === 'mariadb' && {
      breakOpen: async (clients: Clients) =>
        void (await runnerOf(clients).query('CREATE OR REPLACE TABLE broken (id INT)')),
    }),
    ...(kind !== 'sqlite' && {
      outside: async (target: TransactionalTargetSystem, name: string) =>
        void (await dataSources.get(target)?.getRepository(EffectEntity).insert({ name })),
    }),
    createLocation: async (): Promise<TargetLocation<TransactionalTargetSystem>> => {
      const location = await createTargetLocation(kind);
      return {
        effects: location.effects,
        drop: location.drop,
        connect: async () => {
          const dataSource = await location.open();
          const target = new TypeOrmTargetSystem('user-db', dataSource, { lockWait: '1s', ...options });
          dataSources.set(target, dataSource);
          return { target, close: () => dataSource.destroy() };
        },
      };
    },
  };
}
