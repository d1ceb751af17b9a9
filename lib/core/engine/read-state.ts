import { inTime } from '../kit/time-limits.js';
import type { AuditEntry, AuditState } from '../model/audit-entry.js';
import type { AuditSnapshot, AuditSummary, ChainIdentity } from '../model/audit-store.js';
import { FlamingockError, TargetSystemError } from '../model/errors.js';
import type { Finding } from '../model/plan.js';
import type { EngineSettings } from '../model/settings.js';
import { isTransactional } from '../model/strategy.js';
import type { Marker, TransactionalTargetSystem } from '../model/target-system.js';
import { readSnapshot } from './read-store.js';

/** What the audit store says, and the markers of the target systems where they matter. Plain values. */
export interface State {
  readonly snapshot: AuditSnapshot;
  /** The latest entry of each change, by its id. */
  readonly latest: ReadonlyMap<string, AuditEntry>;
  /** What is known of each unsettled attempt that may have left a marker, by the id of its change. */
  readonly findings: ReadonlyMap<string, Finding>;
  /** For each target system whose markers were read: those that no attempt waits for. */
  readonly staleMarkers: ReadonlyMap<string, readonly string[]>;
  /** Of the same target systems, by the id of its change: those that decide about an unsettled attempt. */
  readonly awaitedMarkers: ReadonlyMap<string, Marker>;
  /**
   * For each of the same target systems: those of attempts that the audit does not know. Read under the lease they prove that
   * the audit was set back, because STARTED is recorded before a marker is written.
   */
  readonly unknownMarkers: ReadonlyMap<string, readonly Marker[]>;
}

/**
 * Reads the audit store once, then the markers of the target systems in `alsoRead` and of those that an
 * unsettled attempt depends on. Writes nothing and decides nothing.
 *
 * @throws AuditStoreError, AuditIntegrityError, TargetSystemError
 */
export async function readState(settings: EngineSettings, alsoRead: Iterable<string> = []): Promise<State> {
  const snapshot = await readSnapshot(settings);
  const latest = new Map(snapshot.latest.map((entry) => [entry.changeId, entry]));
  const unsettled = settings.changes
    .flatMap(({ id }) => latest.get(id) ?? [])
    .filter((entry) => mayHaveMarker(settings, entry));
  const markers = await readMarkers(
    settings,
    chainOf(settings, snapshot),
    new Set([...alsoRead, ...unsettled.map(({ targetSystem }) => targetSystem)]),
  );
  const findings = new Map(unsettled.map((entry) => [entry.changeId, findingFor(entry, markers)]));
  return { snapshot, latest, findings, ...sortedMarkers(markers, latest) };
}

/** Null where the store was never opened: then no target system holds anything of it. */
export function chainOf(
  { store: { namespace } }: EngineSettings,
  { storeId }: Pick<AuditSummary, 'storeId'>,
): ChainIdentity | null {
  return storeId === null ? null : { storeId, namespace };
}

/** True for an attempt whose transaction may have left a marker; others need no read of their target system. */
function mayHaveMarker({ targets }: EngineSettings, { state, strategy, targetSystem }: AuditEntry): boolean {
  if (!UNSETTLED.includes(state)) return false;
  const target = targets.get(targetSystem);
  return (
    strategy === 'marker' || (strategy === 'shared' && isTransactional(target) && target.commitsImplicitly)
  );
}

/** States that only a later entry settles. */
const UNSETTLED: readonly AuditState[] = ['STARTED', 'FAILED', 'ROLLBACK_FAILED'];

type MarkersByTarget = ReadonlyMap<string, readonly Marker[]>;

async function readMarkers(
  settings: EngineSettings,
  chain: ChainIdentity | null,
  ids: ReadonlySet<string>,
): Promise<MarkersByTarget> {
  const { targets } = settings;
  const transactional = [...ids]
    .map((id) => targets.get(id))
    .filter((target): target is TransactionalTargetSystem => isTransactional(target));
  return new Map(
    await Promise.all(
      transactional.map(
        async (target) => [target.id, chain ? await readMarkersOf(settings, chain, target) : []] as const,
      ),
    ),
  );
}

async function readMarkersOf(
  { clock, lock }: EngineSettings,
  chain: ChainIdentity,
  target: TransactionalTargetSystem,
): Promise<readonly Marker[]> {
  try {
    return await inTime(clock, lock.leaseMs, target.markers(chain).read());
  } catch (cause) {
    if (cause instanceof FlamingockError) throw cause;
    throw new TargetSystemError(
      `The target system '${target.id}' (${target.kind}) cannot tell whether an earlier attempt was committed; nothing has run.`,
      {
        cause,
        fix: [
          'check that it is reachable and that this app may read its bookkeeping tables, then start again',
        ],
      },
    );
  }
}

function findingFor(entry: AuditEntry, markers: MarkersByTarget): Finding {
  const found = markers.get(entry.targetSystem);
  if (!found) return { markersUnreadable: true };
  return { marker: found.find((marker) => belongsTo(marker, entry)) };
}

/** A marker of an older attempt counts only when its transaction was broken open: that holds until something settles it. */
function belongsTo({ changeId, attempt, kind }: Marker, entry: AuditEntry): boolean {
  if (changeId !== entry.changeId) return false;
  return attempt === entry.attempt || (kind === 'open' && attempt < entry.attempt);
}

function sortedMarkers(
  markers: MarkersByTarget,
  latest: ReadonlyMap<string, AuditEntry>,
): Pick<State, 'staleMarkers' | 'awaitedMarkers' | 'unknownMarkers'> {
  // Does not compare target systems: two of them may keep their markers in one database.
  const isAwaited = (marker: Marker): boolean => {
    const entry = latest.get(marker.changeId);
    return entry !== undefined && UNSETTLED.includes(entry.state) && belongsTo(marker, entry);
  };
  const isUnknown = ({ changeId, attempt }: Marker): boolean =>
    attempt > (latest.get(changeId)?.attempt ?? 0);
  const staleMarkers = new Map<string, string[]>();
  const unknownMarkers = new Map<string, Marker[]>();
  for (const [target, all] of markers) {
    const stale = all.filter((marker) => !isAwaited(marker) && !isUnknown(marker));
    staleMarkers.set(
      target,
      stale.map(({ changeId }) => changeId),
    );
    unknownMarkers.set(target, all.filter(isUnknown));
  }
  const awaited = [...markers.values()].flat().filter(isAwaited);
  const awaitedMarkers = new Map(awaited.map((marker) => [marker.changeId, marker]));
  return { staleMarkers, awaitedMarkers, unknownMarkers };
}
