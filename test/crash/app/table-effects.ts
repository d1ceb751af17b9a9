import type { QueryRunner } from 'typeorm';
import type { Clients } from '../../../lib/core/model/target-system.js';
import type { Effects, EffectsOf } from './effects.js';

/** Where the parts of effects are kept in a database. The key is whole, so that InnoDB locks no row of other tests. */
export const EFFECTS_TABLE = `CREATE TABLE crash_effects (
  namespace VARCHAR(80) NOT NULL, change_id VARCHAR(40) NOT NULL, part VARCHAR(20) NOT NULL, attempt INTEGER NOT NULL,
  PRIMARY KEY (namespace, change_id, part, attempt))`;

/** Effects as rows. All texts are this test's own, so they are written into the statements as they are. */
export function tableEffects(namespace: string): EffectsOf {
  return (clients, changeId) => new TableEffects(mainClient(clients), namespace, changeId);
}

function mainClient([{ instance }]: Clients): QueryRunner {
  return instance as QueryRunner;
}

class TableEffects implements Effects {
  private readonly mine: string;

  constructor(
    private readonly runner: QueryRunner,
    private readonly namespace: string,
    private readonly changeId: string,
  ) {
    this.mine = `namespace = '${namespace}' AND change_id = '${changeId}'`;
  }

  async add(part: string, attempt: number): Promise<void> {
    const values = `'${this.namespace}', '${this.changeId}', '${part}', ${attempt}`;
    await this.runner.query(
      `INSERT INTO crash_effects (namespace, change_id, part, attempt) VALUES (${values})`,
    );
  }

  async remove(part: string): Promise<void> {
    await this.runner.query(`DELETE FROM crash_effects WHERE ${this.mine} AND part = '${part}'`);
  }

  async parts(): Promise<ReadonlySet<string>> {
    const rows: readonly { part: string }[] = await this.runner.query(
      `SELECT part FROM crash_effects WHERE ${this.mine}`,
    );
    return new Set(rows.map(({ part }) => part));
  }

  async createTable(): Promise<void> {
    await this.runner.query(
      `CREATE TABLE IF NOT EXISTS crash_${this.namespace}_${this.changeId} (n INTEGER)`,
    );
  }
}
