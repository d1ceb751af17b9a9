import type { ImportRules } from '../core/import-options.js';
import type { HistorySource } from '../core/import-source.js';
import type { Injected } from '../core/injected.js';

/** Another tool's record, to be imported before the changes run. */
export interface HistoryImport extends ImportRules {
  /** Such as `typeOrmMigrations.inject()` of `nestjs-flamingock/typeorm`, or a live source. */
  readonly source: HistorySource | Injected<HistorySource>;
}
