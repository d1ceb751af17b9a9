import { randomUUID } from 'node:crypto';
import type { AuditEntry, AuditEntryDraft } from '../../../../lib/core/audit-entry.js';
import type { AuditStore, Fence } from '../../../../lib/core/audit-store.js';
import { appendToChain } from '../../../../lib/core/hash-chain.js';

/** A lease that no test outlives. */
export const LONG_LEASE_MS = 120_000;

/** A draft; what matters to a test is given. */
export function draft(given: Partial<AuditEntryDraft> = {}): AuditEntryDraft {
  return {
    executionId: 'execution-1',
    changeId: 'add-user-status',
    stage: 'default',
    order: '0001',
    author: 'shop-team',
    targetSystem: 'user-db',
    state: 'STARTED',
    operation: 'apply',
    strategy: 'plain',
    recovery: 'manual-intervention',
    attempt: 1,
    at: '2026-01-02T03:04:05.678Z',
    durationMs: 0.125,
    host: 'host-a',
    actor: 'ci',
    environment: null,
    appVersion: null,
    className: 'AddUserStatus',
    method: 'apply',
    description: null,
    ticket: null,
    metadata: null,
    error: null,
    reason: null,
    ...given,
  };
}

/** Takes the free lease. */
export async function acquire(store: AuditStore, leaseMs = LONG_LEASE_MS): Promise<Fence> {
  const holder = randomUUID();
  const token = await store.acquire({ holder, host: 'host-a', leaseMs });
  if (token === null) throw new Error('the lease was expected to be free');
  return { token, holder, leaseMs };
}

/** Appends drafts behind the head. */
export async function append(
  store: AuditStore,
  fence: Fence,
  drafts: readonly AuditEntryDraft[],
  session?: unknown,
): Promise<AuditEntry[]> {
  const entries = appendToChain((await store.snapshot()).head, drafts);
  await store.append(entries, fence, session);
  return entries;
}

/** All entries. */
export async function historyOf(store: AuditStore): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for await (const entry of store.history()) entries.push(entry);
  return entries;
}
