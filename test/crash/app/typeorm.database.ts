import { DataSource, type DataSourceOptions } from 'typeorm';
import { TypeOrmAuditStore, TypeOrmTargetSystem } from '../../../lib/systems/typeorm/index.js';
import type { Database } from './database.js';
import { EFFECTS_TABLE, tableEffects } from './table-effects.js';

/** Short, so that a wait for a stopped process is over soon. */
const LOCK_WAIT = { lockWait: '1s' } as const;

interface EffectRow {
  readonly change_id: string;
  readonly part: string;
  readonly attempt: number;
}

export async function openTypeOrm(options: DataSourceOptions): Promise<Database> {
  const source = await new DataSource(options).initialize();
  return {
    store: (namespace) => new TypeOrmAuditStore(source, { namespace }),
    target: (id) => new TypeOrmTargetSystem(id, source, LOCK_WAIT),
    prepare: async () => void (await source.query(EFFECTS_TABLE)),
    effects: tableEffects,
    left: async (namespace) => {
      const rows: readonly EffectRow[] = await source.query(
        `SELECT change_id, part, attempt FROM crash_effects WHERE namespace = '${namespace}'`,
      );
      return rows.map(({ change_id, part, attempt }) => `${change_id}/${part}#${attempt}`).sort();
    },
    close: () => source.destroy(),
  };
}
