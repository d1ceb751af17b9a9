import { createHash } from 'node:crypto';
import type { OwnDocuments, Upgrade } from '../connection/own-documents.js';

/** Where the audit of one namespace is. */
export interface StoreLocation {
  readonly documents: OwnDocuments;
  readonly keys: DocumentKeys;
  readonly namespace: string;
  /** Bring the head document from version 1 to 2, from 2 to 3, and so on. */
  readonly upgrades: readonly Upgrade[];
}

/** Any other text is replaced by its hash: a key may have 246 bytes, and no text may look like another part of a key. */
const SHORT_AND_PLAIN = /^[\w.-]{1,60}$/;

/** The keys of one namespace. */
export interface DocumentKeys {
  /** Lease, end of the chain, and the entries of the last append. */
  readonly head: string;
  /** Fence and markers of the chain that a store has in this namespace, in a target system. */
  markers(storeId: string): string;
  /** An entry, by its place in the chain. */
  entry(seq: number): string;
  /** The document that tells the slot of a change. */
  change(changeId: string): string;
  /** The latest entry of a change. Slots are numbered 1, 2, 3 … */
  latest(slot: number): string;
}

/** The document that lists the chains of all namespaces that have a fence: Couchbase cannot list keys. */
export function fencesKey(prefix: string): string {
  return `${prefix}:fences`;
}

/** The keys of a namespace, each with the prefix. Two namespaces have no key in common. */
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
