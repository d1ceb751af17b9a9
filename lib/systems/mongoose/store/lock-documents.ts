import type { mongo } from 'mongoose';
import { EMPTY_CHAIN } from '../../../core/kit/hash-chain.js';
import { readText } from '../../../core/kit/stored-text.js';
import type { ChainHead } from '../../../core/model/audit-entry.js';
import type {
  AuditSummary,
  Fence,
  FormerHolder,
  LeaseHolder,
  LockHolder,
  Settled,
} from '../../../core/model/audit-store.js';
import type { OpenTransaction } from '../guard/own-transaction.js';
import { storedText } from './audit-document.js';

/**
 * The lease of a namespace is in two documents, and lasts until the later of their two ends.
 *
 * An acquisition writes both. An append writes `lease`, also within the long transaction of a change. A renewal writes
 * `renewal` only: in the same document, it would make that transaction fail with a write conflict.
 */
export type LockPart = 'lease' | 'renewal';

/** What `lease` holds beside the lease. Every append writes it, in the same transaction as the entries. */
interface ChainRecord {
  /** Version of the collections. */
  readonly version: number;
  readonly storeId: string;
  readonly head: ChainHead;
  readonly settled: Settled;
}

/** One of the two documents. */
export interface LockDocument extends Partial<ChainRecord> {
  readonly _id: { readonly namespace: string; readonly part: LockPart };
  readonly token: number;
  readonly holder: string;
  readonly host: string;
  readonly since: Date;
  readonly until: Date;
  /** Counts writes, so that each one changes something: a write that changes nothing conflicts with no other. */
  readonly writes: number;
  /** In `renewal`: the transaction in which the holder last wrote `lease`. */
  readonly open?: OpenTransaction;
}

export const LOCK_PARTS: readonly LockPart[] = ['lease', 'renewal'];

/** What a document holds before anybody has had the lease. */
export function freeLock(part: LockPart, version: number, storeId: string): Omit<LockDocument, '_id'> {
  const never = new Date(0);
  const free = { token: 0, holder: '', host: '', since: never, until: never, writes: 0 };
  const record: ChainRecord = { version, storeId, head: EMPTY_CHAIN, settled: { seq: 0, digests: [] } };
  return part === 'lease' ? { ...free, ...record } : free;
}

export function lockId(namespace: string, part: LockPart): LockDocument['_id'] {
  return { namespace, part };
}

/** Finds the document if it is that of the fence. Its end does not count: a lease that nobody took is still good. */
export function ofFence(
  namespace: string,
  part: LockPart,
  { token, holder }: Fence,
): mongo.Filter<LockDocument> {
  return { _id: lockId(namespace, part), token, holder: storedText(holder) };
}

/** Finds the document if its lease has run out by the server's clock. */
export function expired(namespace: string, part: LockPart): mongo.Filter<LockDocument> {
  return { _id: lockId(namespace, part), $expr: { $lt: ['$until', '$$NOW'] } };
}

/** An update that sets these fields. */
export function writing(fields: Readonly<Record<string, unknown>>): mongo.Document[] {
  return [{ $set: { ...fields, writes: { $add: ['$writes', 1] } } }];
}

/** A value as a pipeline takes it. Without this, a text that begins with `$` would be an expression. */
export function literal(value: unknown): mongo.Document {
  return { $literal: value };
}

/** `ms` milliseconds from now by the server's clock. */
export function fromNow(ms: number): mongo.Document {
  return { $add: ['$$NOW', Math.ceil(ms)] };
}

/** A lock document as the server sees it now. */
export interface LockLine {
  readonly lock: LockDocument;
  /** False when it has run out by the server's clock. */
  readonly isLive: boolean;
}

/** What the two documents say; undefined where one of them is missing. */
export function recordOf(
  lines: readonly LockLine[],
): (Omit<AuditSummary, 'ready' | 'last'> & { readonly version: number }) | undefined {
  const lease = lines.find(({ lock }) => lock._id.part === 'lease')?.lock;
  if (lines.length !== LOCK_PARTS.length || !lease?.storeId) return undefined;
  const { storeId, token, version = 0, head = EMPTY_CHAIN, settled = { seq: 0, digests: [] } } = lease;
  const former = formerHolderOf(lines);
  return { version, storeId, token, head, settled, holder: holderOf(lines), ...(former && { former }) };
}

/** The holder of the lease; null when nobody holds it. */
function holderOf(lines: readonly LockLine[]): LockHolder | null {
  const last = lines.some(({ isLive }) => isLive) ? lastHolder(lines) : null;
  return last && { ...last, liveness: 'alive' };
}

/** The last holder, when its lease has run out and was not released. */
function formerHolderOf(lines: readonly LockLine[]): FormerHolder | undefined {
  const last = lines.some(({ isLive }) => isLive) ? null : lastHolder(lines);
  return last ? { ...last, leftOpen: LEFT_OPEN } : undefined;
}

const LEFT_OPEN =
  'a transaction in which it wrote the lock is still open at the MongoDB server, which gives it up after transactionLifetimeLimitSeconds (60 by default)';

function lastHolder(lines: readonly LockLine[]): LeaseHolder | null {
  const lease = lines.find(({ lock }) => lock._id.part === 'lease')?.lock;
  if (!lease?.holder) return null;
  return {
    holder: readText(lease.holder),
    host: readText(lease.host),
    since: lease.since.toISOString(),
    until: new Date(Math.max(...lines.map(({ lock }) => lock.until.getTime()))).toISOString(),
  };
}
