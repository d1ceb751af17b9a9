import type { ExecutionStrategy } from './audit-entry.js';
import type { AuditStore } from './audit-store.js';
import type { ChangeDefinition } from './change.js';
import type { TargetSystem, TransactionalTargetSystem } from './target-system.js';

/** True for a target system with transactions. */
export function isTransactional(target: TargetSystem | undefined): target is TransactionalTargetSystem {
  return target?.transactional === true;
}

/** The strategy of a change, which depends on its target system and on the audit store. */
export function strategyOf(
  change: Pick<ChangeDefinition, 'transactional'>,
  target: TargetSystem | undefined,
  store: Pick<AuditStore, 'resource'>,
): ExecutionStrategy {
  if (!isTransactional(target) || change.transactional === false) return 'plain';
  return target.resource === store.resource ? 'shared' : 'marker';
}
