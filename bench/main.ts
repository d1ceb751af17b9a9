import { DataSource } from 'typeorm';
import { startPostgres } from '../test/servers/postgres.mjs';
import { boot } from './flamingock.js';
import { measure, table, type Contender } from './measure.js';
import { migrations } from './typeorm-migrations.js';

const CHANGES = 50;
const ROUNDS = 15;

/** A connection to the server, with an empty schema and a table to work on. */
async function freshDataSource(url: string): Promise<DataSource> {
  const dataSource = new DataSource({ type: 'postgres', url, migrations: migrations(CHANGES) });
  await dataSource.initialize();
  await dataSource.query('DROP SCHEMA public CASCADE');
  await dataSource.query('CREATE SCHEMA public');
  await dataSource.query('CREATE TABLE bench_effect (id integer)');
  return dataSource;
}

function applyAll(dataSource: DataSource): Promise<unknown> {
  return dataSource.runMigrations({ transaction: 'each' });
}

async function everythingPending(dataSource: DataSource): Promise<Contender[]> {
  const emptied = async (): Promise<void> => {
    await dataSource.query('DROP TABLE IF EXISTS migrations, flamingock_audit, flamingock_lock');
  };
  return [
    {
      name: 'TypeORM runMigrations()',
      prepare: async () => {
        await emptied();
        return () => applyAll(dataSource);
      },
    },
    {
      name: 'nestjs-flamingock, shared',
      prepare: async () => {
        await emptied();
        return () => boot(dataSource, CHANGES, 'succeeded');
      },
    },
  ];
}

async function nothingToDo(dataSource: DataSource): Promise<Contender[]> {
  await applyAll(dataSource);
  await boot(dataSource, CHANGES, 'succeeded');
  return [
    { name: 'TypeORM runMigrations()', prepare: async () => () => applyAll(dataSource) },
    { name: 'nestjs-flamingock', prepare: async () => () => boot(dataSource, CHANGES, 'nothing-to-do') },
  ];
}

const SCENES = [
  [`${CHANGES} changes, each a transaction of its own; PostgreSQL, durable`, everythingPending],
  [`a boot with ${CHANGES} changes and nothing to do`, nothingToDo],
] as const;

const server = await startPostgres({ durable: true });
try {
  for (const [title, contendersOn] of SCENES) {
    const dataSource = await freshDataSource(server.url);
    console.log(table(title, await measure(await contendersOn(dataSource), ROUNDS)));
    await dataSource.destroy();
  }
} finally {
  await server.stop();
}
