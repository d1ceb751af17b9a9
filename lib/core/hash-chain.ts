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

/** Why `entry` cannot stand behind `head`; undefined when it can. */
export function faultInChain(head: ChainHead, entry: AuditEntry): string | undefined {
  if (entry.seq !== head.seq + 1)
    return `entry ${head.seq + 1} is missing: after ${head.seq} comes ${entry.seq}`;
  if (entry.previousHash !== head.hash) return `previousHash is not the hash of entry ${head.seq}`;
  if (entry.hash !== hashOf(entry)) return 'the entry was altered: its hash does not match its content';
  return undefined;
}
