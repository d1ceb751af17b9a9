import { createHash } from 'node:crypto';
import type { AuditEntry, AuditEntryDraft, ChainHead } from '../model/audit-entry.js';
import { canonicalJson } from './canonical-json.js';

/** The head of a chain without entries. */
export const EMPTY_CHAIN: ChainHead = { seq: 0, hash: '0'.repeat(64) };

/** The later of two heads of one chain; the first one when both have the same seq. */
export function laterHead(one: ChainHead | null, other: ChainHead): ChainHead | null {
  return other.seq > (one?.seq ?? EMPTY_CHAIN.seq) ? other : one;
}

/** The number of the rule by which this version hashes the entries that it writes. */
export const ENTRY_FORMAT = 1;

/** Fields that may be blanked when they are too old to be kept. */
const HASHED_APART = ['error', 'reason', 'metadata'] as const;

type Hashable = Omit<AuditEntry, 'hash'> & { readonly hash?: string };

/**
 * The hash of an entry: SHA-256, in hexadecimal, of the RFC 8785 form of what it covers.
 *
 * It covers every field but `hash`. Fields that are null are left out, so an older entry verifies when fields are added.
 * It covers the hashes of `error`, `reason` and `metadata` instead of their values, so an entry verifies after these were blanked.
 */
export function hashOf(entry: Hashable): string {
  const covered = Object.entries(entry).filter(
    ([name, value]) => name !== 'hash' && value !== null && value !== undefined,
  );
  const apart = new Set<string>(HASHED_APART);
  return sha256(
    canonicalJson(
      Object.fromEntries(
        covered.map(([name, value]) => [name, apart.has(name) ? contentHash(value) : value]),
      ),
    ),
  );
}

/** The entry with `error`, `reason` and `metadata` replaced by their hashes. Its own hash still verifies. */
export function blanked(entry: AuditEntry): AuditEntry {
  const { error, reason, metadata } = entry;
  return {
    ...entry,
    error: error === null ? null : `sha256:${contentHash(error)}`,
    reason: reason === null ? null : `sha256:${contentHash(reason)}`,
    metadata: metadata === null ? null : { sha256: contentHash(metadata) },
  };
}

/** The hash of a text or of metadata. A blanked value has the hash of the value that it replaces. */
function contentHash(content: unknown): string {
  const text = typeof content === 'string' ? content : blankedMetadata(content);
  return /^sha256:([0-9a-f]{64})$/.exec(text)?.[1] ?? sha256(canonicalJson(content));
}

function blankedMetadata(content: unknown): string {
  const members = Object.entries(content ?? {});
  const [[name, value] = ['', undefined]] = members;
  return members.length === 1 && name === 'sha256' ? `sha256:${value}` : '';
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Turns drafts into the entries that follow `head`. */
export function appendToChain(head: ChainHead, drafts: readonly AuditEntryDraft[]): AuditEntry[] {
  let previous = head;
  return drafts.map((draft) => {
    const unsealed = {
      ...draft,
      seq: previous.seq + 1,
      format: ENTRY_FORMAT,
      previousHash: previous.hash,
    };
    const entry: AuditEntry = { ...unsealed, hash: hashOf(unsealed) };
    previous = entry;
    return entry;
  });
}

/** The head of a chain, from the latest entry of each change: the last entry of the chain is among these. */
export function headOf(latest: readonly AuditEntry[]): ChainHead {
  const head = latest.reduce<ChainHead>((last, entry) => (entry.seq > last.seq ? entry : last), EMPTY_CHAIN);
  return { seq: head.seq, hash: head.hash };
}

/** Why `entry` cannot follow `head`; undefined when it can. */
export function faultInChain(head: ChainHead, entry: AuditEntry): string | undefined {
  if (entry.seq !== head.seq + 1)
    return `entry ${head.seq + 1} is missing: after ${head.seq} comes ${entry.seq}`;
  if (entry.previousHash !== head.hash) return `previousHash is not the hash of entry ${head.seq}`;
  if (entry.format > ENTRY_FORMAT)
    return `the entry has format ${entry.format}, and this version knows formats up to ${ENTRY_FORMAT}: upgrade nestjs-flamingock to verify it`;
  if (entry.hash !== hashOf(entry)) return 'the entry was altered: its hash does not match its content';
  return undefined;
}

/** Why a chain cannot end with `last` when its record says `head`; undefined when it can. */
export function faultAtEnd(head: ChainHead, last: ChainHead): string | undefined {
  if (last.seq < head.seq)
    return `the record of the lock says that the audit ends with entry ${head.seq}, but the last entry there is ${last.seq}: entries were removed`;
  if (last.seq > head.seq)
    return `the record of the lock says that the audit ends with entry ${head.seq}, but there is an entry ${last.seq}: entries were added, or the record of the lock was removed`;
  if (last.hash !== head.hash)
    return `entry ${last.seq}, the last one, is not the one that the record of the lock knows: it was replaced`;
  return undefined;
}
