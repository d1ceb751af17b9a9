import type { AuditEntry } from './audit-entry.js';
import type { RecordPresence } from './import-source.js';

/**
 * What it means that a record has no rows. Suspicious: it may be the wrong place, and what is applied there would be
 * applied again. Unclear: another process is at work, look again when it has ended.
 */
export type Emptiness = 'harmless' | 'suspicious' | 'unclear';

/** What emptiness is judged by. */
export interface EmptySituation {
  readonly presence: RecordPresence;
  /** True when something was imported from this very source before. */
  readonly hasImported: boolean;
  readonly latest: readonly Pick<AuditEntry, 'operation' | 'state'>[];
  readonly isBusy: boolean;
}

/**
 * A record that was imported may go. One that does not exist is harmless where everything is new, and where our own audit
 * has applied changes from the first day on; once another record was imported there, a missing one is probably misspelt.
 */
export function judgeEmptiness({ presence, hasImported, latest, isBusy }: EmptySituation): Emptiness {
  if (hasImported) return 'harmless';
  if (presence === 'kept' || latest.some(({ operation }) => operation === 'import')) return 'suspicious';
  if (presence === 'new-place') return 'harmless';
  if (latest.some(({ operation, state }) => operation === 'apply' && state === 'APPLIED')) return 'harmless';
  return isBusy ? 'unclear' : 'suspicious';
}
