import { createHash } from 'node:crypto';
import type { AuditEntry, AuditEntryDraft, ChainHead } from './audit-entry.js';
import { canonicalJson } from './canonical-json.js';

/** The head of a chain without entries. */
export const EMPTY_CHAIN: ChainHead = { seq: 0, hash: '0'.repeat(64) };

/** SHA-256, in hexadecimal, of the RFC 8785 form of the entry without `hash`. */
export function hashOf(entry: Omit<AuditEntry, 'hash'> & { readonly hash?: string }): string {
  return createHash('sha256')
    .update(canonicalJson({ ...entry, hash: undefined }))
    .digest('hex');
}

/** Gives drafts their places behind `head`. */
export function appendToChain(head: ChainHead, drafts: readonly AuditEntryDraft[]): AuditEntry[] {
  let previous = head;
  return drafts.map((draft) => {
    const unsealed = { ...draft, seq: previous.seq + 1, previousHash: previous.hash };
    const entry: AuditEntry = { ...unsealed, hash: hashOf(unsealed) };
    previous = entry;
    return entry;
  });
}

/** Where the chain ends, given the latest entry of each change: the last entry of all is the latest one of its own change. */
export function headOf(latest: readonly AuditEntry[]): ChainHead {
  const head = latest.reduce<ChainHead>((last, entry) => (entry.seq > last.seq ? entry : last), EMPTY_CHAIN);
  return { seq: head.seq, hash: head.hash };
}

/** Why `entry` cannot stand behind `head`; undefined when it can. */
export function faultInChain(head: ChainHead, entry: AuditEntry): string | undefined {
  if (entry.seq !== head.seq + 1)
    return `entry ${head.seq + 1} is missing: after ${head.seq} comes ${entry.seq}`;
  if (entry.previousHash !== head.hash) return `previousHash is not the hash of entry ${head.seq}`;
  if (entry.hash !== hashOf(entry)) return 'the entry was altered: its hash does not match its content';
  return undefined;
}
