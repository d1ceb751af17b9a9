import type { QueryRunner } from 'typeorm';
import type { Marker, MarkerKind } from '../../core/target-system.js';
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

type MarkerKey = Pick<Marker, 'changeId' | 'attempt'>;

const ONE_MARKER = 'namespace = ? AND change_id = ? AND attempt = ?';

/** Reads and writes the rows of one namespace on one runner; the transaction is the caller's. */
export class MarkerRows {
  private readonly namespace: string;

  constructor(
    private readonly runner: QueryRunner,
    private readonly tables: MarkerTables,
    namespace: string,
  ) {
    this.namespace = storedText(namespace);
  }

  /** The marker of the latest attempt of each change. */
  async read(): Promise<readonly Marker[]> {
    const rows = await this.query<MarkerRow>(
      `SELECT change_id, attempt, fence, kind FROM ${this.tables.marker} WHERE namespace = ? ORDER BY change_id, attempt`,
      [this.namespace],
    );
    return [...new Map(rows.map((row) => [row.change_id, toMarker(row)])).values()];
  }

  async write({ changeId, attempt, fence, kind }: Marker): Promise<void> {
    await this.query(
      `INSERT INTO ${this.tables.marker} (namespace, change_id, attempt, fence, kind) VALUES (?, ?, ?, ?, ?) ${this.tables.dialect.name === 'mysql' ? OR_UPDATE_MYSQL : OR_UPDATE}`,
      [this.namespace, storedText(changeId), attempt, fence, kind],
    );
  }

  /** @returns false when there was none */
  async remove({ changeId, attempt }: MarkerKey): Promise<boolean> {
    const key = [this.namespace, storedText(changeId), attempt];
    const found = await this.query(`SELECT 1 FROM ${this.tables.marker} WHERE ${ONE_MARKER}`, key);
    if (found.length) await this.query(`DELETE FROM ${this.tables.marker} WHERE ${ONE_MARKER}`, key);
    return found.length > 0;
  }

  /** Removes the markers of all attempts of these changes, each by its whole key: by a range, InnoDB would lock the rows of others. */
  async removeAll(changeIds: readonly string[]): Promise<void> {
    if (!changeIds.length) return;
    const rows = await this.query<MarkerRow>(
      `SELECT change_id, attempt FROM ${this.tables.marker} WHERE namespace = ? AND change_id IN (${changeIds.map(() => '?').join(', ')})`,
      [this.namespace, ...changeIds.map(storedText)],
    );
    for (const row of rows)
      await this.remove({ changeId: readText(row.change_id), attempt: Number(row.attempt) });
  }

  /** @returns the token in the fence row, which stays locked until the transaction ends; undefined when there is no row */
  async lockFence(): Promise<number | undefined> {
    const lock = this.tables.dialect.singleConnection ? '' : ' FOR UPDATE';
    return this.fence(lock);
  }

  /** Makes sure that there is a fence row. Outside a transaction: two that insert it at once would lock each other out. */
  async insertFence(): Promise<void> {
    if ((await this.fence()) !== undefined) return;
    const { dialect, fence } = this.tables;
    await this.query(dialect.insertIfMissing(`${fence} (namespace, token)`, '(?, 0)'), [this.namespace]);
  }

  /** @returns false when the fence is above `token` */
  async raiseFence(token: number): Promise<boolean> {
    let current = await this.lockFence();
    if (current === undefined) {
      await this.insertFence();
      current = (await this.lockFence()) ?? 0;
    }
    if (current > token) return false;
    if (current < token)
      await this.query(`UPDATE ${this.tables.fence} SET token = ? WHERE namespace = ?`, [
        token,
        this.namespace,
      ]);
    return true;
  }

  private async fence(lock = ''): Promise<number | undefined> {
    const [row] = await this.query<{ readonly token: number | string }>(
      `SELECT token FROM ${this.tables.fence} WHERE namespace = ?${lock}`,
      [this.namespace],
    );
    return row && Number(row.token);
  }

  private async query<Row>(statement: string, parameters: readonly unknown[]): Promise<Row[]> {
    return this.runner.query(numbered(this.tables.dialect, statement), [...parameters]) as Promise<Row[]>;
  }
}

const OR_UPDATE =
  'ON CONFLICT (namespace, change_id, attempt) DO UPDATE SET fence = excluded.fence, kind = excluded.kind';
const OR_UPDATE_MYSQL = 'ON DUPLICATE KEY UPDATE fence = VALUES(fence), kind = VALUES(kind)';

function toMarker({ change_id, attempt, fence, kind }: MarkerRow): Marker {
  return { changeId: readText(change_id), attempt: Number(attempt), fence: Number(fence), kind };
}

/** Writes the placeholders of a statement as the database wants them. */
function numbered({ placeholder }: Dialect, statement: string): string {
  let position = 0;
  return statement.replaceAll('?', () => placeholder(++position));
}
