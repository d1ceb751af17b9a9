import { EMPTY_CHAIN, faultAtEnd, faultInChain, hashOf } from '../../kit/hash-chain.js';
import type { AuditEntry, ChainHead } from '../../model/audit-entry.js';
import type { AuditStore, AuditSummary } from '../../model/audit-store.js';

/** The result of walking the whole chain. */
export interface AuditVerification {
  readonly intact: boolean;
  /** Number of valid entries. */
  readonly entries: number;
  /** The last valid entry. Keep it elsewhere to notice later that the end of the chain was cut off. */
  readonly head: ChainHead;
  readonly firstBad?: { readonly seq: number; readonly reason: string };
}

type Fault = NonNullable<AuditVerification['firstBad']>;

/**
 * Recomputes the hash chain from its beginning, and compares it with what decides: the record of the lock and, where the
 * store keeps it apart from the chain, the latest entry of each change. Streams, so that the length of the chain does not matter.
 */
export async function verifyAudit({ store }: { readonly store: AuditStore }): Promise<AuditVerification> {
  const { keepsLatestApart = false } = store;
  const snapshot = keepsLatestApart ? await store.snapshot() : undefined;
  const before = snapshot ?? (await store.summary());
  const { head, latest, fault } = await walk(store, keepsLatestApart);
  const found =
    fault ??
    first([
      ...(snapshot ? faultsOfDecisive(snapshot.latest, before, latest) : []),
      ...(await faultOfEnd(store, before, head)),
    ]);
  return { intact: !found, entries: head.seq, head, ...(found && { firstBad: found }) };
}

function first(faults: readonly Fault[]): Fault | undefined {
  return faults.toSorted((a, b) => a.seq - b.seq)[0];
}

interface Walk {
  readonly head: ChainHead;
  /** The last entry of each change, where it is asked for. */
  readonly latest: ReadonlyMap<string, ChainHead>;
  readonly fault?: Fault;
}

/** Follows the chain up to the first invalid entry. */
async function walk(store: AuditStore, keepsLatest: boolean): Promise<Walk> {
  let head = EMPTY_CHAIN;
  const latest = new Map<string, ChainHead>();
  for await (const entry of store.history({ direction: 'oldest-first' })) {
    const reason = faultInChain(head, entry);
    if (reason) return { head, latest, fault: { seq: Math.min(entry.seq, head.seq + 1), reason } };
    head = { seq: entry.seq, hash: entry.hash };
    if (keepsLatest) latest.set(entry.changeId, head);
  }
  return { head, latest };
}

/** The latest entries read before the walk must be those the walk met, unless it met a newer entry of the same change. */
function faultsOfDecisive(
  latest: readonly AuditEntry[],
  { head }: AuditSummary,
  walked: Walk['latest'],
): Fault[] {
  const known = new Map(latest.map((entry) => [entry.changeId, entry]));
  const altered = latest.flatMap((entry) => faultOfLatest(entry, walked.get(entry.changeId), head) ?? []);
  const hidden = [...walked]
    .filter(([changeId, { seq }]) => seq <= head.seq && !known.has(changeId))
    .map(([changeId, { seq }]) => ({
      seq,
      reason: `the store does not count it as the latest of '${changeId}'`,
    }));
  return [...altered, ...hidden];
}

function faultOfLatest(entry: AuditEntry, walked: ChainHead | undefined, head: ChainHead): Fault | undefined {
  const { seq, changeId, hash } = entry;
  const what = `what the store keeps as the latest entry of '${changeId}'`;
  if (!walked || walked.seq < seq) return { seq, reason: `${what} is not in the chain` };
  if (hashOf(entry) !== hash)
    return { seq, reason: `${what} was altered: its hash does not match its content` };
  if (walked.seq === seq && walked.hash !== hash)
    return { seq, reason: `${what} is not entry ${seq} of the chain` };
  if (walked.seq > seq && walked.seq <= head.seq)
    return { seq: walked.seq, reason: `${what} is entry ${seq}, an older one` };
  return undefined;
}

/** The chain must end where the lock record says. Both may have grown during the walk. */
async function faultOfEnd(store: AuditStore, before: AuditSummary, walked: ChainHead): Promise<Fault[]> {
  if (walked.seq < before.head.seq)
    return [{ seq: walked.seq + 1, reason: faultAtEnd(before.head, walked) ?? '' }];
  const after = await store.summary();
  const reason = walked.seq < after.head.seq ? undefined : faultAtEnd(after.head, walked);
  return reason === undefined ? [] : [{ seq: Math.min(after.head.seq, walked.seq) + 1, reason }];
}
