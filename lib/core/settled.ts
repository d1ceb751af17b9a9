import { createHash } from 'node:crypto';
import type { ChainHead } from './audit-entry.js';
import type { AuditSummary, Settled } from './audit-store.js';
import { canonicalJson } from './canonical-json.js';
import type { EngineSettings } from './settings.js';

/** How many digests are settled side by side: apps, or versions of one, that share a namespace during a deployment. */
const DIGESTS_KEPT = 4;

/** Grows when a run of this version finds something to do that a run of an earlier one does not. */
const DIGEST_VERSION = 1;

/** What the definitions of an app and the rules of its runs come to: SHA-256, in hexadecimal. */
export function digestOf(settings: EngineSettings): string {
  const { changes, activeProfiles, outOfOrder, unknownChanges, imports, identity } = settings;
  const definitions = changes.map(({ id, order, stage, targetSystem, className, profiles }) => [
    id,
    order,
    stage,
    targetSystem,
    className,
    [...profiles].sort(),
  ]);
  const rules = imports.map(({ source, rules: { map, ...rest } }) => [
    source.name,
    mapText(map),
    { ...rest },
  ]);
  const profiles = [...activeProfiles].sort();
  const covered = [DIGEST_VERSION, identity.app, definitions, profiles, outOfOrder, unknownChanges, rules];
  return createHash('sha256').update(canonicalJson(covered)).digest('hex');
}

/** A function is known by its text. */
function mapText(map: unknown): unknown {
  return typeof map === 'function' ? String(map) : (map ?? null);
}

/** True when a run with these definitions found nothing to do, and nothing was recorded since. */
export function isSettled({ ready, head, last, settled }: AuditSummary, digest: string): boolean {
  return (
    ready &&
    head.seq === last.seq &&
    head.hash === last.hash &&
    settled.seq === head.seq &&
    settled.digests.includes(digest)
  );
}

/** What is settled at `head` with one digest more; the oldest gives way. */
export function settledWith(before: Settled, { seq }: ChainHead, digest: string): Settled {
  const others = before.seq === seq ? before.digests.filter((other) => other !== digest) : [];
  return { seq, digests: [...others, digest].slice(-DIGESTS_KEPT) };
}
