import type { HistorySource, ImportedRow } from 'nestjs-flamingock';
import type { SqlHistory } from 'nestjs-flamingock/typeorm';
import { DataSource } from 'typeorm';
import { createDatabase, type DatabaseKind, type TestDatabase } from '../support/databases.js';

/** A database in which a tool has left its record. */
export interface SqlLocation extends Pick<TestDatabase, 'dataSourceOptions'> {
  readonly dataSource: DataSource;
  execute(...statements: readonly string[]): Promise<void>;
  rows(history: SqlHistory): Promise<readonly ImportedRow[]>;
  drop(): Promise<void>;
}

export async function createSqlLocation(kind: DatabaseKind): Promise<SqlLocation> {
  const { dataSourceOptions, drop } = await createDatabase(kind);
  const dataSource = await new DataSource(dataSourceOptions).initialize();
  return {
    dataSourceOptions,
    dataSource,
    execute: async (...statements) => {
      for (const statement of statements) await dataSource.query(statement);
    },
    rows: (history) => history(dataSource).read(),
    drop: async () => {
      await dataSource.destroy();
      await drop();
    },
  };
}

/** Names and states, in order. */
export async function statesOf(source: HistorySource): Promise<string[]> {
  return (await source.read()).map(({ name, state }) => `${name} ${state}`);
}

/** True for a moment within the last minute. */
export function isRecent(at: string | null): boolean {
  return Math.abs(Date.now() - Date.parse(at ?? '')) < 60_000;
}
