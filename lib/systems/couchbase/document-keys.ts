import { createHash } from 'node:crypto';

/** Keys may have 246 bytes, and these must not mix: whatever else a text has in it, it stands as its hash. */
const SHORT_AND_PLAIN = /^[\w.-]{1,60}$/;

/** The keys of one namespace. */
export interface DocumentKeys {
  /** Lease, end of the chain, and the entries of the last append. */
  readonly head: string;
  /** Fence and markers of the chain that a store has in this namespace, in a target system. */
  markers(storeId: string): string;
  /** An entry, by its place in the chain. */
  entry(seq: number): string;
  /** In which slot the latest entry of a change is. */
  change(changeId: string): string;
  /** The latest entry of a change. Slots are numbered 1, 2, 3 … */
  latest(slot: number): string;
}

/** Which chains, of all namespaces, have a fence: keys cannot be listed. */
export function fencesKey(prefix: string): string {
  return `${prefix}:fences`;
}

/** The keys of a namespace, each with the prefix. Two namespaces have none in common. */
export function documentKeys(prefix: string, namespace: string): DocumentKeys {
  const own = `${prefix}:${keyPart(namespace)}`;
  return {
    head: `${own}:head`,
    markers: (storeId) => `${own}:markers:${keyPart(storeId)}`,
    entry: (seq) => `${own}:entry:${seq}`,
    change: (changeId) => `${own}:change:${keyPart(changeId)}`,
    latest: (slot) => `${own}:latest:${slot}`,
  };
}

function keyPart(text: string): string {
  return SHORT_AND_PLAIN.test(text) ? text : `~${createHash('sha256').update(text).digest('hex')}`;
}
