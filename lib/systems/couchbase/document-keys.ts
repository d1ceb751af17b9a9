import { createHash } from 'node:crypto';

/** Keys may have 246 bytes, and these must not mix: whatever else a text has in it, it stands as its hash. */
const SHORT_AND_PLAIN = /^[\w.-]{1,60}$/;

/** The keys of one namespace. */
export interface DocumentKeys {
  /** Lease, end of the chain, and the entries of the last append. */
  readonly head: string;
  /** Fence and markers of a target system. */
  readonly markers: string;
  /** An entry, by its place in the chain. */
  entry(seq: number): string;
  /** In which slot the latest entry of a change is. */
  change(changeId: string): string;
  /** The latest entry of a change. Slots are numbered 1, 2, 3 … */
  latest(slot: number): string;
}

/** The keys of a namespace, each with the prefix. Two namespaces have none in common. */
export function documentKeys(prefix: string, namespace: string): DocumentKeys {
  const own = `${prefix}:${keyPart(namespace)}`;
  return {
    head: `${own}:head`,
    markers: `${own}:markers`,
    entry: (seq) => `${own}:entry:${seq}`,
    change: (changeId) => `${own}:change:${keyPart(changeId)}`,
    latest: (slot) => `${own}:latest:${slot}`,
  };
}

function keyPart(text: string): string {
  return SHORT_AND_PLAIN.test(text) ? text : `~${createHash('sha256').update(text).digest('hex')}`;
}
