import type { ConnectOptions } from 'nestjs-flamingock/testing';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { createDatabase, type DatabaseKind } from '../../support/databases.js';

/** A database of a pair's own, and a connection to look at it from outside. */
export interface SqlLocation {
  readonly kind: DatabaseKind;
  /** A DataSource as one process has it. */
  open(options?: ConnectOptions): Promise<DataSource>;
  query(statement: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Ends, at the server, every connection but the one that looks. */
  cut(): Promise<void>;
  /** Alters or removes an audit entry as a person with SQL would. */
  tamper(namespace: string, seq: number, how: 'edit' | 'delete'): Promise<void>;
  drop(): Promise<void>;
}

/** A database of its own on the shared server. */
export async function createSqlLocation(kind: DatabaseKind): Promise<SqlLocation> {
  const { dataSourceOptions, drop } = await createDatabase(kind);
  return sqlPlaceAt(kind, dataSourceOptions, drop);
}

/** A database that is there already. */
export async function sqlPlaceAt(
  kind: DatabaseKind,
  dataSourceOptions: DataSourceOptions,
  drop: () => Promise<void>,
): Promise<SqlLocation> {
  // SQLite waits with the whole process: several connections of one must not wait for each other for long.
  const small = kind === 'sqlite' ? { timeout: 100, prepareDatabase: sparingDisk } : { poolSize: 4 };
  const connect = (more: object): Promise<DataSource> =>
    new DataSource({ ...dataSourceOptions, ...small, ...more } as DataSourceOptions).initialize();
  const observer = await connect({ poolSize: 1 });
  return {
    kind,
    open: (options) => inTimeZone(kind, connect, options),
    query: (statement) => observer.query(statement),
    cut: () => cutConnections(observer, kind),
    tamper: async (namespace, seq, how) => {
      const change =
        how === 'edit'
          ? "UPDATE flamingock_audit SET author = 'somebody else'"
          : 'DELETE FROM flamingock_audit';
      await observer.query(`${change} WHERE namespace = '${namespace}' AND seq = ${seq}`);
    },
    drop: async () => {
      await observer.destroy();
      await drop();
    },
  };
}

/** Not safe against a power cut, which no test has. */
function sparingDisk(database: { pragma(text: string): unknown }): void {
  database.pragma('synchronous = OFF');
}

/** Sessions in a time zone of their own; SQLite has no sessions. */
async function inTimeZone(
  kind: DatabaseKind,
  connect: (more: object) => Promise<DataSource>,
  { utcOffsetHours: hours }: ConnectOptions = {},
): Promise<DataSource> {
  if (hours === undefined || kind === 'sqlite') return connect({});
  // PostgreSQL counts as POSIX does: hours after UTC.
  if (kind === 'postgres')
    return connect({ extra: { options: `-c timezone=UTC${hours < 0 ? '+' : '-'}${Math.abs(hours)}` } });
  const zone = `${hours < 0 ? '-' : '+'}0${Math.abs(hours)}:00`;
  const dataSource = await connect({ timezone: zone });
  const { pool } = dataSource.driver as unknown as MySqlDriver;
  pool.on('connection', (connection) => connection.query(`SET time_zone = '${zone}'`));
  return dataSource;
}

interface MySqlDriver {
  readonly pool: {
    on(event: 'connection', listener: (connection: { query(statement: string): void }) => void): void;
  };
}

async function cutConnections(observer: DataSource, kind: DatabaseKind): Promise<void> {
  if (kind === 'postgres') {
    await observer.query(
      'SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    return;
  }
  const sessions = await observer.query<{ readonly id: number }[]>(
    'SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()',
  );
  for (const { id } of sessions) await observer.query(`KILL ${id}`).catch(() => undefined);
}
