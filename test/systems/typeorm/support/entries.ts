import { randomUUID } from 'node:crypto';
import { appendToChain } from '../../../../lib/core/kit/hash-chain.js';
import type { AuditEntry, AuditEntryDraft } from '../../../../lib/core/model/audit-entry.js';
import type { AuditStore, Fence } from '../../../../lib/core/model/audit-store.js';
import { draft as sampleDraft } from '../../../../lib/testing/audit-store/entry-samples.js';

/** A lease that no test outlives. */
export const LONG_LEASE_MS = 120_000;

/** A draft whose duration is no whole number; what matters to a test is given. */
export function draft(given: Partial<AuditEntryDraft> = {}): AuditEntryDraft {
  return sampleDraft({ strategy: 'plain', durationMs: 0.125, ...given });
}

/** Takes the free lease. */
export async function acquire(store: AuditStore, leaseMs = LONG_LEASE_MS): Promise<Fence> {
  const holder = randomUUID();
  const taken = await store.acquire({ holder, host: 'host-a', leaseMs });
  if (!taken) throw new Error('the lease was expected to be free');
  return { ...taken, namespace: store.namespace, holder, leaseMs };
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
