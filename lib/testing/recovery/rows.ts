import type { AuditEntry, AuditState } from '../../core/audit-entry.js';

const CODES: Readonly<Record<AuditState, string>> = {
  STARTED: 'S',
  APPLIED: 'A',
  FAILED: 'F',
  ROLLED_BACK: 'RB',
  ROLLBACK_FAILED: 'RBF',
  MANUAL_MARKED_AS_APPLIED: 'MA',
  MANUAL_MARKED_AS_ROLLED_BACK: 'MRB',
};

/** Entries as one text, oldest first: `S F RB S A`. Those of an undo begin with a small u: `S A uS uRB`. */
export function rowText(entries: readonly AuditEntry[]): string {
  return entries.map(({ state, operation }) => `${operation === 'undo' ? 'u' : ''}${CODES[state]}`).join(' ');
}
