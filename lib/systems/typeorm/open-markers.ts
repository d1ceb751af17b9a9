import type { QueryRunner } from 'typeorm';
import { readText } from '../../core/kit/stored-text.js';
import type { ChainIdentity } from '../../core/model/audit-store.js';
import type { MarkerTables } from './marker-tables.js';
import { storedText } from './stored-text.js';

/** The open marker of an attempt, and the database's number of the session that wrote it. */
export interface OpenMarker {
  readonly changeId: string;
  readonly attempt: number;
  readonly session: number;
}

interface OpenRow {
  readonly change_id: string;
  readonly attempt: number | string;
  readonly session_id: number | string;
}

/** Writes an open marker: the first statement of a transaction that DDL may commit before its end. It has no fence, which an attempt does not know. */
export async function writeOpenMarker(
  runner: QueryRunner,
  { marker }: MarkerTables,
  { storeId, namespace }: ChainIdentity,
  { changeId, attempt }: Omit<OpenMarker, 'session'>,
): Promise<void> {
  await runner.query(
    `INSERT INTO ${marker} (store_id, namespace, change_id, attempt, fence, kind, session_id) VALUES (?, ?, ?, ?, 0, 'open', CONNECTION_ID())
      ON DUPLICATE KEY UPDATE fence = 0, kind = 'open', session_id = CONNECTION_ID()`,
    [storeId, storedText(namespace), storedText(changeId), attempt],
  );
}

/** Reads the open markers that are committed; with READ UNCOMMITTED, also those of open transactions. */
export async function readOpenMarkers(
  runner: QueryRunner,
  { marker }: MarkerTables,
  { storeId, namespace }: ChainIdentity,
): Promise<readonly OpenMarker[]> {
  const rows = (await runner.query(
    `SELECT change_id, attempt, session_id FROM ${marker} WHERE store_id = ? AND namespace = ? AND kind = 'open' AND session_id IS NOT NULL`,
    [storeId, storedText(namespace)],
  )) as OpenRow[];
  return rows.map(({ change_id, attempt, session_id }) => ({
    changeId: readText(change_id),
    attempt: Number(attempt),
    session: Number(session_id),
  }));
}

/** Waits until no transaction locks the row of this marker. */
export async function awaitOpenMarker(
  runner: QueryRunner,
  { marker }: MarkerTables,
  { storeId, namespace }: ChainIdentity,
  { changeId, attempt }: OpenMarker,
): Promise<void> {
  await runner.query(
    `SELECT 1 FROM ${marker} WHERE store_id = ? AND namespace = ? AND change_id = ? AND attempt = ? FOR UPDATE`,
    [storeId, storedText(namespace), storedText(changeId), attempt],
  );
}

/** The markers of `all` that are not in `some`. */
export function without(all: readonly OpenMarker[], some: readonly OpenMarker[]): readonly OpenMarker[] {
  const key = ({ changeId, attempt, session }: OpenMarker): string =>
    JSON.stringify([changeId, attempt, session]);
  const known = new Set(some.map(key));
  return all.filter((marker) => !known.has(key(marker)));
}
