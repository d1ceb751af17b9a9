import type { ChainHead } from '../model/audit-entry.js';
import type {
  Acquisition,
  Fence,
  LeaseHolder,
  LeaseRequest,
  LockHolder,
  Settled,
} from '../model/audit-store.js';
import { AuditStoreError } from '../model/errors.js';
import { type Append, type AuditStorage, notTheEnd, staleFence } from './base-audit-store.js';
import { EMPTY_CHAIN } from './hash-chain.js';

/** A lease as it is recorded by a store whose server tells no time. */
export interface WatchedLease {
  /** Null once the lease was released. */
  readonly holder: LeaseHolder | null;
  /** Another one after every write of the holder. */
  readonly nonce: string;
  readonly leaseMs: number;
}

/** What this process knows about a lease. A lease that it has just seen for the first time is `unknown`. */
export type LeaseState = 'free' | 'held' | 'unknown';

interface Sight {
  readonly nonce: string;
  readonly since: number;
  /** It was written while this process watched. */
  readonly hasMoved: boolean;
}

/**
 * Judges by watching whether a lease has run out, for servers that tell no time. The clocks of two machines cannot be
 * compared.
 *
 * A holder changes the record at every renewal. A lease has run out when this process has seen its record unchanged for
 * the length of the lease, by its own monotonic clock: the holder stops trusting it before that. So a process waits one
 * lease for the lease of a dead holder, however long ago the holder died.
 */
export class LeaseWatch {
  #seen: Sight | undefined;
  #lastLook = Number.NEGATIVE_INFINITY;

  /** @param now - a clock of this process that never goes back, in milliseconds */
  constructor(readonly now: () => number) {}

  /** @param asked - `now()` from before the record was asked for: what was read is not older than that */
  judge({ holder, nonce, leaseMs }: WatchedLease, asked: number): LeaseState {
    const now = this.now();
    if (this.#seen?.nonce !== nonce)
      this.#seen = { nonce, since: now, hasMoved: now - this.#lastLook < leaseMs };
    this.#lastLook = asked;
    if (!holder || asked - this.#seen.since >= leaseMs) return 'free';
    return this.#seen.hasMoved ? 'held' : 'unknown';
  }

  /** The holder as an `AuditSummary` has it. */
  holderOf(lease: WatchedLease, asked: number): LockHolder | null {
    const state = this.judge(lease, asked);
    if (!lease.holder || state === 'free') return null;
    return { ...lease.holder, liveness: state === 'unknown' ? 'unknown' : 'alive' };
  }
}

/** The record that every write to an audit changes, where the server tells no time: lease and end of the chain in one. */
export interface AuditHead extends WatchedLease {
  readonly token: number;
  readonly chain: ChainHead;
  readonly storeId: string;
  readonly settled: Settled;
  readonly version: number;
}

/** The head of a namespace that has no entries yet. @param storeId - 32 hexadecimal digits */
export function emptyHead({
  storeId,
  nonce,
  version,
}: Pick<AuditHead, 'storeId' | 'nonce' | 'version'>): AuditHead {
  const settled = { seq: 0, digests: [] };
  return { version, storeId, token: 0, nonce, holder: null, leaseMs: 0, chain: EMPTY_CHAIN, settled };
}

/** What a process puts into a head whenever it writes one. */
export interface HeadWriter {
  /** Milliseconds since 1970 by the clock of this process. It is shown to people, and decides nothing. */
  now(): number;
  /** Another text at each call. */
  nonce(): string;
}

/** The part of a head that every write of the holder changes. */
export function renewal({ now, nonce }: HeadWriter, leaseMs: number) {
  return { nonce: nonce(), leaseMs, until: new Date(now() + leaseMs).toISOString() };
}

/** The head with the lease of its holder renewed. */
export function renewed<H extends AuditHead>(head: H, { leaseMs }: Fence, writer: HeadWriter): H {
  const { nonce, until } = renewal(writer, leaseMs);
  return { ...head, nonce, leaseMs, holder: head.holder && { ...head.holder, until } };
}

function taken<H extends AuditHead>(head: H, request: LeaseRequest, writer: HeadWriter): H {
  const { holder, host, leaseMs } = request;
  const { nonce, until } = renewal(writer, leaseMs);
  const since = new Date(writer.now()).toISOString();
  return { ...head, token: head.token + 1, nonce, leaseMs, holder: { holder, host, since, until } };
}

/** A head that was read, with whatever the technology needs to replace this very version of it. */
export interface SeenHead {
  readonly head: AuditHead;
}

/** How a technology reads and writes the head of a namespace. */
export interface HeadStorage<S extends SeenHead> extends HeadWriter {
  readonly watch: LeaseWatch;
  /** Undefined where the store was never opened. */
  read(): Promise<S | undefined>;
  /** Writes `head` if nobody has written another one since `seen` was read. @returns false when somebody has */
  replace(seen: S, head: S['head']): Promise<boolean>;
}

/** The lease of a store whose server tells no time, as `AuditStorage` has it. */
export function watchedLease<S extends SeenHead>(
  heads: HeadStorage<S>,
): Pick<AuditStorage, 'acquire' | 'renew' | 'release' | 'settle' | 'adopt'> {
  return {
    acquire: (request) => acquireLease(heads, request),
    renew: (fence) => changeAsHolder(heads, fence, (head) => renewed(head, fence, heads)),
    // The token stays, so that it never repeats.
    release: (fence, settled) =>
      changeAsHolder(heads, fence, (head) => ({
        ...head,
        nonce: heads.nonce(),
        holder: null,
        settled: settled ?? head.settled,
      })),
    settle: (settled) => settleFree(heads, settled),
    adopt: (storeId, fence) =>
      changeAsHolder(heads, fence, (head) => ({ ...renewed(head, fence, heads), storeId })),
  };
}

/** When several processes try at once, the first one changes the head, and the others are refused. */
async function acquireLease<S extends SeenHead>(
  heads: HeadStorage<S>,
  request: LeaseRequest,
): Promise<Acquisition | null> {
  const asked = heads.watch.now();
  const seen = await heads.read();
  if (!seen)
    throw new AuditStoreError('The lease was asked for before the audit store was opened', NOT_OPENED);
  if (heads.watch.judge(seen.head, asked) !== 'free') return null;
  const head = taken(seen.head, request, heads);
  const { token, storeId } = head;
  return (await replaceHead(heads, seen, head)) ? { token, storeId } : null;
}

const NOT_OPENED = { fix: ['await store.open() first'] };

/** Tries again when the same holder has written meanwhile, as an append does. @returns false when the fence is not the current one */
async function changeAsHolder<S extends SeenHead>(
  heads: HeadStorage<S>,
  fence: Fence,
  change: (head: S['head']) => S['head'],
): Promise<boolean> {
  for (;;) {
    const seen = await heads.read();
    if (!seen || !isHeldBy(seen.head, fence)) return false;
    if (await replaceHead(heads, seen, change(seen.head))) return true;
  }
}

/** The nonce stays: a process that waits for the lease of a dead holder goes on counting. */
async function settleFree<S extends SeenHead>(heads: HeadStorage<S>, settled: Settled): Promise<void> {
  for (;;) {
    const asked = heads.watch.now();
    const seen = await heads.read();
    if (seen?.head.chain.seq !== settled.seq || heads.watch.judge(seen.head, asked) !== 'free') return;
    if (await heads.replace(seen, { ...seen.head, settled })) return;
  }
}

/**
 * Replaces the head if nobody has since it was seen. When no answer comes, or the driver sent the write twice, the head
 * is read again to find out.
 *
 * @param head - with another nonce than the one that was seen
 * @returns false when somebody was faster
 */
export async function replaceHead<S extends SeenHead>(
  heads: HeadStorage<S>,
  seen: S,
  head: S['head'],
): Promise<boolean> {
  let failure: unknown;
  try {
    if (await heads.replace(seen, head)) return true;
  } catch (error) {
    failure = error;
  }
  if ((await heads.read())?.head.nonce === head.nonce) return true;
  if (failure !== undefined) throw failure;
  return false;
}

function isHeldBy({ token, holder }: AuditHead, fence: Fence): boolean {
  return token === fence.token && holder?.holder === fence.holder;
}

/**
 * Judges whether the entries of an append may follow.
 *
 * @param head - as it is now; undefined when the store was never opened
 * @param audit - what holds the entries, for people: `audit table`
 * @throws StaleFenceError when the lease has another holder, AppendRefusedError when the chain ends elsewhere
 */
export function requireEnd(
  head: AuditHead | undefined,
  { entries, fence }: Append,
  audit: string,
): asserts head is AuditHead {
  if (!head || !isHeldBy(head, fence)) throw staleFence(fence);
  if (head.chain.seq !== (entries[0]?.seq ?? 0) - 1) throw notTheEnd(entries, audit);
}
