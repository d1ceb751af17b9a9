import type { QueryRunner } from 'typeorm';
import type { ChainHead } from '../../core/audit-entry.js';
import type { ChainIdentity } from '../../core/audit-store.js';
import type { KnownFence, Marker, MarkerKind, TargetFence } from '../../core/target-system.js';
import { readText } from '../../core/stored-text.js';
import type { Dialect } from './dialect.js';
import type { MarkerTables } from './marker-tables.js';
import { storedText } from './stored-text.js';

/** A marker as drivers return it: PostgreSQL gives 64-bit integers as text. */
interface MarkerRow {
  readonly change_id: string;
  readonly attempt: number | string;
  readonly fence: number | string;
  readonly kind: MarkerKind;
}

/** A fence row as drivers return it. */
interface FenceRow {
  readonly store_id: string;
  readonly namespace: string;
  readonly tables_version: number | string;
  readonly token: number | string;
  readonly witness_seq: number | string | null;
  readonly witness_hash: string | null;
}

type MarkerKey = Pick<Marker, 'changeId' | 'attempt'>;

const ONE_CHAIN = 'store_id = ? AND namespace = ?';
const ONE_MARKER = `${ONE_CHAIN} AND change_id = ? AND attempt = ?`;

/** Reads and writes the rows of one chain on one runner; the transaction is the caller's. */
export class MarkerRows {
  readonly #chain: readonly [string, string];

  constructor(
    private readonly runner: QueryRunner,
    private readonly tables: MarkerTables,
    { storeId, namespace }: ChainIdentity,
  ) {
    this.#chain = [storeId, storedText(namespace)];
  }

  /** The marker of the latest attempt of each change. */
  async read(): Promise<readonly Marker[]> {
    const rows = await this.query<MarkerRow>(
      `SELECT change_id, attempt, fence, kind FROM ${this.tables.marker} WHERE ${ONE_CHAIN} ORDER BY change_id, attempt`,
      this.#chain,
    );
    return [...new Map(rows.map((row) => [row.change_id, toMarker(row)])).values()];
  }

  async write({ changeId, attempt, fence, kind }: Marker): Promise<void> {
    await this.query(
      `INSERT INTO ${this.tables.marker} (store_id, namespace, change_id, attempt, fence, kind) VALUES (?, ?, ?, ?, ?, ?) ${this.tables.dialect.name === 'mysql' ? OR_UPDATE_MYSQL : OR_UPDATE}`,
      [...this.#chain, storedText(changeId), attempt, fence, kind],
    );
  }

  /** @returns false when there was none */
  async remove({ changeId, attempt }: MarkerKey): Promise<boolean> {
    const key = [...this.#chain, storedText(changeId), attempt];
    const found = await this.query(`SELECT 1 FROM ${this.tables.marker} WHERE ${ONE_MARKER}`, key);
    if (found.length) await this.query(`DELETE FROM ${this.tables.marker} WHERE ${ONE_MARKER}`, key);
    return found.length > 0;
  }

  /** Removes the markers of all attempts of these changes, each by its whole key: by a range, InnoDB would lock the rows of others. */
  async removeAll(changeIds: readonly string[]): Promise<void> {
    if (!changeIds.length) return;
    const rows = await this.query<MarkerRow>(
      `SELECT change_id, attempt FROM ${this.tables.marker} WHERE ${ONE_CHAIN} AND change_id IN (${changeIds.map(() => '?').join(', ')})`,
      [...this.#chain, ...changeIds.map(storedText)],
    );
    for (const row of rows)
      await this.remove({ changeId: readText(row.change_id), attempt: Number(row.attempt) });
  }

  /** @returns the fence row, which stays locked until the transaction ends; undefined when there is none */
  async lockFence(): Promise<TargetFence | undefined> {
    const row = await this.#fenceRow(this.tables.dialect.singleConnection ? '' : ' FOR UPDATE');
    return row && toFence(row);
  }

  /** @returns the version of the tables that the fence row was written for; undefined when there is none */
  async fenceVersion(): Promise<number | undefined> {
    const row = await this.#fenceRow('');
    return row && Number(row.tables_version);
  }

  /** Makes sure that there is a fence row. Outside a transaction: two that insert it at once would lock each other out. */
  async insertFence(): Promise<void> {
    if (await this.#fenceRow('')) return;
    const { dialect, fence, version } = this.tables;
    const into = `${fence} (store_id, namespace, tables_version, token)`;
    await this.query(dialect.insertIfMissing(into, '(?, ?, ?, 0)'), [...this.#chain, version]);
  }

  /** @returns the fence row as it is now; it is left alone when it is above `token`. Without a new witness the old one stays */
  async raiseFence(token: number, witness?: ChainHead): Promise<TargetFence> {
    let current = await this.lockFence();
    if (current === undefined) {
      await this.insertFence();
      current = (await this.lockFence()) ?? { token: 0, witness: null };
    }
    if (current.token > token || (current.token === token && !witness)) return current;
    const seen = witness ?? current.witness;
    await this.query(
      `UPDATE ${this.tables.fence} SET token = ?, witness_seq = ?, witness_hash = ? WHERE ${ONE_CHAIN}`,
      [token, seen?.seq ?? null, seen?.hash ?? null, ...this.#chain],
    );
    return { token, witness: seen };
  }

  /** The fence rows of every chain. */
  async fences(): Promise<readonly KnownFence[]> {
    const rows = await this.query<FenceRow>(
      `SELECT store_id, namespace, token, witness_seq, witness_hash FROM ${this.tables.fence} ORDER BY store_id, namespace`,
      [],
    );
    return rows.map((row) => ({
      storeId: row.store_id,
      namespace: readText(row.namespace),
      ...toFence(row),
    }));
  }

  /** Removes the fence row and all markers, each by its whole key. */
  async forget(): Promise<void> {
    await this.lockFence();
    const markers = await this.query<MarkerRow>(
      `SELECT change_id, attempt FROM ${this.tables.marker} WHERE ${ONE_CHAIN}`,
      this.#chain,
    );
    for (const row of markers)
      await this.remove({ changeId: readText(row.change_id), attempt: Number(row.attempt) });
    await this.query(`DELETE FROM ${this.tables.fence} WHERE ${ONE_CHAIN}`, this.#chain);
  }

  async #fenceRow(lock: string): Promise<FenceRow | undefined> {
    const [row] = await this.query<FenceRow>(
      `SELECT tables_version, token, witness_seq, witness_hash FROM ${this.tables.fence} WHERE ${ONE_CHAIN}${lock}`,
      this.#chain,
    );
    return row;
  }

  private async query<Row>(statement: string, parameters: readonly unknown[]): Promise<Row[]> {
    return this.runner.query(numbered(this.tables.dialect, statement), [...parameters]) as Promise<Row[]>;
  }
}

const OR_UPDATE =
  'ON CONFLICT (store_id, namespace, change_id, attempt) DO UPDATE SET fence = excluded.fence, kind = excluded.kind';
const OR_UPDATE_MYSQL = 'ON DUPLICATE KEY UPDATE fence = VALUES(fence), kind = VALUES(kind)';

function toFence({ token, witness_seq, witness_hash }: FenceRow): TargetFence {
  const witness =
    witness_seq === null || witness_hash === null ? null : { seq: Number(witness_seq), hash: witness_hash };
  return { token: Number(token), witness };
}

function toMarker({ change_id, attempt, fence, kind }: MarkerRow): Marker {
  return { changeId: readText(change_id), attempt: Number(attempt), fence: Number(fence), kind };
}

/** Writes the placeholders of a statement as the database wants them. */
function numbered({ placeholder }: Dialect, statement: string): string {
  let position = 0;
  return statement.replaceAll('?', () => placeholder(++position));
}
