import { createHash } from 'node:crypto';
import { canonicalJson } from '../kit/canonical-json.js';
import type { ChainHead } from '../model/audit-entry.js';
import type { AuditSummary, Settled } from '../model/audit-store.js';
import type { EngineSettings } from '../model/settings.js';

/** How many digests are settled side by side: apps, or versions of one, that share a namespace during a deployment. */
const DIGESTS_KEPT = 4;

/** Raise it when a new version may find something to do in an audit that an older version called settled. */
const DIGEST_VERSION = 1;

/** SHA-256, in hexadecimal, over the definitions of an app and the rules of its runs. */
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

/** Adds a digest to those that are settled at `head`, and drops the oldest beyond the limit. */
export function settledWith(before: Settled, { seq }: ChainHead, digest: string): Settled {
  const others = before.seq === seq ? before.digests.filter((other) => other !== digest) : [];
  return { seq, digests: [...others, digest].slice(-DIGESTS_KEPT) };
}
