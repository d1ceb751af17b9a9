import type { DataSource } from 'typeorm';
import type { AttemptScope } from '../../core/model/target-system.js';
import type { Dialect } from './dialect.js';
import type { MarkerTables } from './marker-tables.js';
import type { StatementWatch } from './statement-watch.js';

/** What an attempt on a target system works with. */
export interface AttemptParts {
  readonly targetId: string;
  readonly dataSource: DataSource;
  readonly dialect: Dialect;
  readonly tables: MarkerTables;
  /** How long to wait for a lock of the database, in milliseconds. */
  readonly lockWaitMs: number;
  readonly scope: AttemptScope;
  /** Given in a preview. */
  readonly watch?: StatementWatch;
}
