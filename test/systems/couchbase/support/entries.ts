import type { AuditEntry } from 'nestjs-flamingock';
import type { AuditStore } from 'nestjs-flamingock/kit';
import { appendToChain } from '../../../../lib/core/kit/hash-chain.js';
import type { AuditEntryDraft } from '../../../../lib/core/model/audit-entry.js';
import type { Fence } from '../../../../lib/core/model/audit-store.js';
import { draft } from '../../../../lib/testing/audit-store/entry-samples.js';

/** Takes the free lease. */
export async function acquired(store: AuditStore, holder: string, leaseMs = 60_000): Promise<Fence> {
  const taken = await store.acquire({ holder, host: 'host-a', leaseMs });
  if (!taken) throw new Error('another holds the lease');
  return { ...taken, namespace: store.namespace, holder, leaseMs };
}

/** Entries that continue the chain of the store. */
export async function next(
  store: AuditStore,
  ...drafts: readonly Partial<AuditEntryDraft>[]
): Promise<AuditEntry[]> {
  return appendToChain((await store.snapshot()).head, drafts.map(draft));
}

/** What the store tells of its entries: `seq changeId state`. */
export async function told(store: AuditStore): Promise<{ history: string[]; latest: string[] }> {
  const history: string[] = [];
  for await (const entry of store.history()) history.push(line(entry));
  return { history, latest: (await store.snapshot()).latest.map(line).sort() };
}

function line({ seq, changeId, state }: AuditEntry): string {
  return `${seq} ${changeId} ${state}`;
}
