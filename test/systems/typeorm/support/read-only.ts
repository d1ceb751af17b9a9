import type { DataSource } from 'typeorm';
import type { DatabaseKind } from '../../../support/databases.js';
import type { OpenStorage } from './store-storage.js';

/** One database twice: as its owner has it, and as one that takes no writes shows itself to an app. */
export interface ReadOnlyDatabase {
  readonly writable: DataSource;
  readonly readOnly: DataSource;
}

/**
 * PostgreSQL: `default_transaction_read_only`, with the error of a standby. MariaDB: sessions that are read-only, since `--read-only`
 * would be the whole server's. SQLite: the file opened for reading.
 */
export async function readOnlyBeside(storage: OpenStorage, kind: DatabaseKind): Promise<ReadOnlyDatabase> {
  const writable = await storage.dataSource();
  if (kind === 'sqlite') return { writable, readOnly: await storage.dataSource({ readonly: true }) };
  if (kind === 'postgres') {
    const extra = { options: '-c default_transaction_read_only=on' };
    return { writable, readOnly: await storage.dataSource({ extra }) };
  }
  const readOnly = await storage.dataSource({ poolSize: 1 });
  await readOnly.query('SET SESSION TRANSACTION READ ONLY');
  return { writable, readOnly };
}
