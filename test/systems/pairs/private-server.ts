import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { startMariaDb } from '../../servers/mariadb.mjs';
import { startPostgres } from '../../servers/postgres.mjs';
import type { DatabaseKind } from '../../support/databases.js';
import { type SqlLocation, sqlPlaceAt } from './sql-location.js';

/** A server that nobody else uses, so that it can be counted on, configured and killed. */
export interface PrivateServer {
  readonly kind: Exclude<DatabaseKind, 'sqlite'>;
  /** A new database, as its administrator sees it. */
  database(): Promise<SqlLocation>;
  /** The same database as seen by a user who may do nothing but use the table of effects. */
  restricted(database: SqlLocation): Promise<RestrictedLocation>;
  restart(): Promise<void>;
  /** Ends it as a crash does; it comes back with its data after so many milliseconds. */
  goAway(ms: number): Promise<void>;
  stop(): Promise<void>;
}

/** A database whose user lacks rights. */
export interface RestrictedLocation extends SqlLocation {
  grant(rights: string, table: string): Promise<unknown>;
  revoke(rights: string, table: string): Promise<unknown>;
}

const USER = 'shop_app';

const USERS = {
  postgres: [
    `CREATE ROLE ${USER} LOGIN`,
    `ALTER ROLE ${USER} SET synchronous_commit = on`,
    'ALTER ROLE CURRENT_USER SET synchronous_commit = on',
  ],
  mariadb: [`CREATE USER ${USER}@'%'`],
};

export async function startPrivateServer(kind: PrivateServer['kind']): Promise<PrivateServer> {
  // What was committed must be there after a kill; PostgreSQL can have that without waiting for the disk.
  const server = await (kind === 'postgres' ? startPostgres() : startMariaDb({ durable: true }));
  const optionsFor = (url: URL): DataSourceOptions => ({ type: kind, url: url.href });
  const root = new URL(server.url);
  for (const statement of USERS[kind]) await once(optionsFor(root), statement);
  let back: Promise<void> = Promise.resolve();
  const urls = new Map<SqlLocation, URL>();
  return {
    kind,
    async database() {
      await back;
      const name = `shop_${urls.size}`;
      await once(optionsFor(root), `CREATE DATABASE ${name}`);
      const url = new URL(root);
      url.pathname = `/${name}`;
      const location = await sqlPlaceAt(kind, optionsFor(url), async () => {});
      urls.set(location, url);
      return location;
    },
    async restricted(database) {
      const url = new URL(urls.get(database) ?? root);
      url.username = USER;
      const user = kind === 'postgres' ? USER : `${USER}@'%'`;
      await database.query('CREATE TABLE effect (name VARCHAR(190) PRIMARY KEY)');
      await database.query(`GRANT SELECT, INSERT, DELETE ON effect TO ${user}`);
      const own = await sqlPlaceAt(kind, optionsFor(url), async () => {});
      return {
        ...own,
        query: database.query,
        grant: (rights, table) => database.query(`GRANT ${rights} ON ${table} TO ${user}`),
        revoke: (rights, table) => database.query(`REVOKE ${rights} ON ${table} FROM ${user}`),
      };
    },
    restart: () => server.restart(),
    async goAway(ms) {
      await server.kill();
      back = sleep(ms).then(() => server.restart());
    },
    async stop() {
      await back;
      await server.stop();
    },
  };
}

async function once(options: DataSourceOptions, statement: string): Promise<void> {
  const dataSource = await new DataSource(options).initialize();
  await dataSource.query(statement);
  await dataSource.destroy();
}
