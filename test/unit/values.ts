import type { AuditEntry, AuditEntryDraft } from '../../lib/core/audit-entry.js';
import type { ChangeDefinition } from '../../lib/core/change.js';
import { draft } from '../../lib/testing/audit-store/entry-samples.js';

/** A change that does nothing, with what a test wants different. */
export function changeWith(differences: Partial<ChangeDefinition> = {}): ChangeDefinition {
  return {
    id: 'add-user-status',
    order: '0001',
    author: 'shop-team',
    targetSystem: 'user-db',
    stage: 'default',
    recovery: 'manual-intervention',
    profiles: [],
    outsideTransaction: 'fail',
    description: null,
    ticket: null,
    metadata: null,
    className: 'AddUserStatus',
    origin: 'UsersModule',
    apply: { name: 'apply', invoke: () => Promise.resolve() },
    withoutRollback: false,
    ...differences,
  };
}

/** A draft of an entry about `changeWith()`, with what a test wants different. */
export function draftWith(differences: Partial<AuditEntryDraft> = {}): AuditEntryDraft {
  return draft({ strategy: 'plain', ...differences });
}

/** An entry as a store returns it; its hash is not that of its content. */
export function entryWith(differences: Partial<AuditEntry> = {}): AuditEntry {
  return {
    ...draftWith(),
    seq: 1,
    format: 1,
    previousHash: '0'.repeat(64),
    hash: 'f'.repeat(64),
    ...differences,
  };
}
