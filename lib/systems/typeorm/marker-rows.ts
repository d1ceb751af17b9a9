import type { QueryRunner } from 'typeorm';
import { laterHead } from '../../core/kit/hash-chain.js';
import { readText } from '../../core/kit/stored-text.js';
import type { ChainHead } from '../../core/model/audit-entry.js';
import type { ChainIdentity } from '../../core/model/audit-store.js';
import type { KnownFence, Marker, MarkerKind, TargetFence } from '../../core/model/target-system.js';
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

/** Reads and writes the rows of one chain on one runner. The caller begins and ends the transaction. */
export class MarkerRows {
  readonly #chain: readonly [string, string];

  readonly #runner: QueryRunner;
  readonly #tables: MarkerTables;

  constructor(runner: QueryRunner, tables: MarkerTables, { storeId, namespace }: ChainIdentity) {
    this.#runner = runner;
    this.#tables = tables;
    this.#chain = [storeId, storedText(namespace)];
  }

  /** Reads the marker of each change's latest attempt. */
  async read(): Promise<readonly Marker[]> {
    const rows = await this.#query<MarkerRow>(
      `SELECT change_id, attempt, fence, kind FROM ${this.#tables.marker} WHERE ${ONE_CHAIN} ORDER BY change_id, attempt`,
      this.#chain,
    );
    return [...new Map(rows.map((row) => [row.change_id, toMarker(row)])).values()];
  }

  async write({ changeId, attempt, fence, kind }: Marker): Promise<void> {
    await this.#query(
      `INSERT INTO ${this.#tables.marker} (store_id, namespace, change_id, attempt, fence, kind) VALUES (?, ?, ?, ?, ?, ?) ${this.#tables.dialect.name === 'mysql' ? OR_UPDATE_MYSQL : OR_UPDATE}`,
      [...this.#chain, storedText(changeId), attempt, fence, kind],
    );
  }

  /** @returns false when there was no such row */
  async remove({ changeId, attempt }: MarkerKey): Promise<boolean> {
    const key = [...this.#chain, storedText(changeId), attempt];
    const found = await this.#query(`SELECT 1 FROM ${this.#tables.marker} WHERE ${ONE_MARKER}`, key);
    if (found.length) await this.#query(`DELETE FROM ${this.#tables.marker} WHERE ${ONE_MARKER}`, key);
    return found.length > 0;
  }

  /** Removes the markers of all attempts of these changes, each by its whole key: InnoDB would lock other rows of a range, too. */
  async removeAll(changeIds: readonly string[]): Promise<void> {
    if (!changeIds.length) return;
    const rows = await this.#query<MarkerRow>(
      `SELECT change_id, attempt FROM ${this.#tables.marker} WHERE ${ONE_CHAIN} AND change_id IN (${changeIds.map(() => '?').join(', ')})`,
      [...this.#chain, ...changeIds.map(storedText)],
    );
    for (const row of rows)
      await this.remove({ changeId: readText(row.change_id), attempt: Number(row.attempt) });
  }

  /** @returns the fence row, which stays locked until the transaction ends; undefined when there is none */
  async lockFence(): Promise<TargetFence | undefined> {
    const row = await this.#fenceRow(this.#tables.dialect.singleConnection ? '' : ' FOR UPDATE');
    return row && toFence(row);
  }

  /** @returns the version of the tables in the fence row; undefined when there is none */
  async fenceVersion(): Promise<number | undefined> {
    const row = await this.#fenceRow('');
    return row && Number(row.tables_version);
  }

  /** Inserts the fence row when it is missing. Not for a transaction: two that insert it at once would block each other. */
  async insertFence(): Promise<void> {
    if (await this.#fenceRow('')) return;
    const { dialect, fence, version } = this.#tables;
    const into = `${fence} (store_id, namespace, tables_version, token)`;
    await this.#query(dialect.insertIfMissing(into, '(?, ?, ?, 0)'), [...this.#chain, version]);
  }

  /** Raises the fence to `token`, unless it is higher. Without `witness`, the fence keeps its own. @returns the fence row afterwards */
  async raiseFence(token: number, witness?: ChainHead): Promise<TargetFence> {
    let current = await this.lockFence();
    if (current === undefined) {
      await this.insertFence();
      current = (await this.lockFence()) ?? { token: 0, witness: null };
    }
    if (current.token > token || (current.token === token && !witness)) return current;
    const raised = { token, witness: witness ?? current.witness };
    await this.#updateFence(raised);
    return raised;
  }

  /** Sets the witness of this locked fence, unless the fence has a later one. */
  async advanceWitness({ token, witness }: TargetFence, seen: ChainHead): Promise<void> {
    const later = laterHead(witness, seen);
    if (later !== witness) await this.#updateFence({ token, witness: later });
  }

  async #updateFence({ token, witness }: TargetFence): Promise<void> {
    await this.#query(
      `UPDATE ${this.#tables.fence} SET token = ?, witness_seq = ?, witness_hash = ? WHERE ${ONE_CHAIN}`,
      [token, witness?.seq ?? null, witness?.hash ?? null, ...this.#chain],
    );
  }

  /** Reads the fence rows of all chains. */
  async fences(): Promise<readonly KnownFence[]> {
    const rows = await this.#query<FenceRow>(
      `SELECT store_id, namespace, token, witness_seq, witness_hash FROM ${this.#tables.fence} ORDER BY store_id, namespace`,
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
    const markers = await this.#query<MarkerRow>(
      `SELECT change_id, attempt FROM ${this.#tables.marker} WHERE ${ONE_CHAIN}`,
      this.#chain,
    );
    for (const row of markers)
      await this.remove({ changeId: readText(row.change_id), attempt: Number(row.attempt) });
    await this.#query(`DELETE FROM ${this.#tables.fence} WHERE ${ONE_CHAIN}`, this.#chain);
  }

  async #fenceRow(lock: string): Promise<FenceRow | undefined> {
    const [row] = await this.#query<FenceRow>(
      `SELECT tables_version, token, witness_seq, witness_hash FROM ${this.#tables.fence} WHERE ${ONE_CHAIN}${lock}`,
      this.#chain,
    );
    return row;
  }

  async #query<Row>(statement: string, parameters: readonly unknown[]): Promise<Row[]> {
    return this.#runner.query(numbered(this.#tables.dialect, statement), [...parameters]) as Promise<Row[]>;
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

/** The statement with the database's placeholders in place of `?`. */
function numbered({ placeholder }: Dialect, statement: string): string {
  let position = 0;
  return statement.replaceAll('?', () => placeholder(++position));
}
