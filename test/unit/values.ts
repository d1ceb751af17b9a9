import { plan, type PlannedState } from '../../lib/core/engine/plan.js';
import { NOTHING_YET } from '../../lib/core/kit/base-audit-store.js';
import type { AuditEntry, AuditEntryDraft } from '../../lib/core/model/audit-entry.js';
import type { ChangeDefinition } from '../../lib/core/model/change.js';
import type { Finding } from '../../lib/core/model/plan.js';
import { MemoryAuditStore } from '../../lib/systems/memory/index.js';
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

/** What the engine plans for the changes when their latest entries are these, with no policy and no target system. */
export function planOf(
  changes: readonly ChangeDefinition[],
  latest: ReadonlyMap<string, AuditEntry>,
  findings: ReadonlyMap<string, Finding> = new Map(),
): PlannedState {
  const identity = { host: '', actor: '', environment: null, appVersion: null, app: null };
  const noMarkers = { staleMarkers: new Map(), awaitedMarkers: new Map(), unknownMarkers: new Map() };
  const policies = { outOfOrder: 'run', unknownChanges: 'ignore' } as const;
  return plan(
    { changes, identity, ...policies, targets: new Map(), store: new MemoryAuditStore(), activeProfiles: [] },
    { snapshot: NOTHING_YET, latest, findings, ...noMarkers },
  );
}
