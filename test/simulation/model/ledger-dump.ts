import type { AuditEntry } from '../../../lib/core/model/audit-entry.js';
import type { Effect } from './effect.js';

/** What the model knows of an audit, and of what is in effect in the same database. */
export interface LedgerDump {
  readonly latest: ReadonlyMap<string, AuditEntry>;
  readonly starts: ReadonlyMap<string, number>;
  /** For each change whose effect is in the database of the audit: which parts, and what its last commit did. */
  readonly effects: ReadonlyMap<
    string,
    { readonly parts: readonly number[]; readonly commit?: Effect['kind'] }
  >;
}
