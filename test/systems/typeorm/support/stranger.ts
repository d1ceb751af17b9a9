import { randomBytes } from 'node:crypto';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { DatabaseKind } from '../../../support/databases.js';
import type { OpenStorage } from './store-storage.js';

/** A database user with no right but to connect. */
export interface Stranger {
  readonly dataSource: DataSource;
  /** The owner of the database. */
  readonly admin: DataSource;
  /** Rights on tables: `grant('SELECT, INSERT', 'effect')`. */
  grant(rights: string, table: string): Promise<void>;
  /** What the error message of a store asks for. */
  grantAll(): Promise<void>;
  grantReading(): Promise<void>;
  end(): Promise<void>;
}

/** On SQLite, which knows no users, the stranger has opened the file for reading only. */
export async function strangerTo(
  storage: Pick<OpenStorage, 'dataSource'>,
  kind: DatabaseKind,
): Promise<Stranger> {
  const admin = await storage.dataSource();
  if (kind === 'sqlite') {
    const dataSource = await storage.dataSource({ readonly: true });
    const nothing = async () => undefined;
    return { dataSource, admin, grant: nothing, grantAll: nothing, grantReading: nothing, end: nothing };
  }
  const user = `stranger_${randomBytes(4).toString('hex')}`;
  const [name, create] =
    kind === 'postgres'
      ? [user, `CREATE ROLE ${user} LOGIN PASSWORD 'secret'`]
      : [`'${user}'@'%'`, `CREATE USER '${user}'@'%' IDENTIFIED BY 'secret'`];
  await admin.query(create);
  if (kind === 'mariadb') await admin.query(`GRANT SHOW VIEW ON *.* TO ${name}`);
  const grant = async (rights: string, table: string): Promise<void> =>
    void (await admin.query(`GRANT ${rights} ON ${table} TO ${name}`));
  const dataSource = await new DataSource(asUser(admin.options, user)).initialize();
  return {
    dataSource,
    admin,
    grant,
    grantAll: async () => {
      await grant('SELECT, INSERT', 'flamingock_audit');
      await grant('SELECT, INSERT, UPDATE', 'flamingock_lock');
    },
    grantReading: async () => {
      await grant('SELECT', 'flamingock_audit');
      await grant('SELECT', 'flamingock_lock');
    },
    end: async () => {
      await dataSource.destroy();
      if (kind === 'postgres') await admin.query(`DROP OWNED BY ${user}`);
      await admin.query(kind === 'postgres' ? `DROP ROLE ${user}` : `DROP USER ${name}`);
    },
  };
}

function asUser(options: DataSourceOptions, user: string): DataSourceOptions {
  const url = new URL('url' in options ? String(options.url) : '');
  url.username = user;
  url.password = 'secret';
  return { ...options, url: url.href } as DataSourceOptions;
}
