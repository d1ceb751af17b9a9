import { AUDIT_STATES, type AuditEntry, type AuditState } from './audit-entry.js';
import type { AuditSnapshot, AuditStore, AuditSummary, ChainIdentity } from './audit-store.js';
import type { Finding } from './decide.js';
import { AuditIntegrityError, AuditStoreError, FlamingockError, TargetSystemError } from './errors.js';
import { ENTRY_FORMAT, faultAtEnd, hashOf } from './hash-chain.js';
import { inTime } from './in-time.js';
import { planSteps, type Step } from './plan.js';
import { applyPolicies } from './policies.js';
import type { EngineSettings } from './settings.js';
import { isTransactional, strategyOf } from './strategy.js';
import type { Marker, TransactionalTargetSystem } from './target-system.js';

/** What one look at the audit store, and at the markers where they matter, shows. */
export interface Survey {
  readonly snapshot: AuditSnapshot;
  readonly latest: ReadonlyMap<string, AuditEntry>;
  readonly findings: ReadonlyMap<string, Finding>;
  readonly steps: readonly Step[];
  readonly warnings: readonly string[];
  /** For each target system whose markers were read: those that no attempt waits for. */
  readonly staleMarkers: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads the audit store once, then the markers of the target systems in `alsoRead` and of those that an
 * unsettled attempt depends on. Writes nothing.
 *
 * @throws AuditStoreError, AuditIntegrityError, InvalidChangesError, TargetSystemError
 */
export async function survey(settings: EngineSettings, alsoRead: Iterable<string> = []): Promise<Survey> {
  const snapshot = await readStore(settings);
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
  const steps = planSteps(settings.changes, {
    latest,
    findings,
    strategies: strategies(settings),
    activeProfiles: settings.activeProfiles,
  });
  const warnings = applyPolicies(steps, latest, settings);
  return { snapshot, latest, findings, steps, warnings, staleMarkers: staleMarkers(markers, latest) };
}

/** Reads the record of the namespace and the last entry. @throws AuditStoreError, AuditIntegrityError */
export async function readSummary(settings: EngineSettings): Promise<AuditSummary> {
  const summary = await read(settings, settings.store.summary());
  requireSoundEnd(settings.store, summary);
  return summary;
}

/** Null where the store was never opened: then no target system holds anything of it. */
export function chainOf(
  { store: { namespace } }: EngineSettings,
  { storeId }: Pick<AuditSummary, 'storeId'>,
): ChainIdentity | null {
  return storeId === null ? null : { storeId, namespace };
}

async function read<T>({ store, clock, lock }: EngineSettings, reading: Promise<T>): Promise<T> {
  return inTime(clock, lock.leaseMs, reading).catch((cause: unknown) => {
    if (cause instanceof AuditIntegrityError) throw cause;
    throw new AuditStoreError(
      `The audit store ${store.name} (namespace '${store.namespace}') cannot be read; nothing has run.`,
      {
        cause,
        fix: causeKnows(cause) ?? [
          'check that the audit store is reachable and that this app may read it, then start again',
        ],
      },
    );
  });
}

async function readStore(settings: EngineSettings): Promise<AuditSnapshot> {
  const { store } = settings;
  const snapshot = await read(settings, store.snapshot());
  requireSoundEnd(store, snapshot);
  const strange = snapshot.latest.filter(({ state }) => !AUDIT_STATES.includes(state));
  if (strange.length) throw strangeStates(store.name, strange);
  // A newer version may hash by another rule.
  const altered = snapshot.latest.filter(
    (entry) => entry.format <= ENTRY_FORMAT && entry.hash !== hashOf(entry),
  );
  if (altered.length) throw alteredEntries(store.name, altered);
  return snapshot;
}

/** @throws AuditIntegrityError when entries were removed, added or replaced at the end by hand */
function requireSoundEnd({ name, namespace }: AuditStore, { head, last }: AuditSummary): void {
  const fault = faultAtEnd(head, last);
  if (!fault) return;
  throw new AuditIntegrityError(
    `The audit in ${name} (namespace '${namespace}') was changed by hand: ${fault}. Nothing has run.`,
    {
      fix: [
        'restore the audit from a backup, its record of the lock together with its entries; verifyAudit() tells what is wrong',
        'or, to start over without any history, drop the tables of the audit, all of them: then every change counts as never run',
      ],
    },
  );
}

/** What the store itself says is to be done, such as statements for a database administrator. */
function causeKnows(cause: unknown): readonly string[] | undefined {
  return cause instanceof FlamingockError && cause.fix.length ? cause.fix : undefined;
}

function strangeStates(name: string, entries: readonly AuditEntry[]): AuditIntegrityError {
  const rows = entries.map(
    ({ seq, changeId, state }) => `entry ${seq} of change '${changeId}' has the state '${state}'`,
  );
  return new AuditIntegrityError(
    `The audit store ${name} holds state words this version does not know; nothing has run: ${rows.join('; ')}.`,
    {
      fix: [
        'find out who wrote it: a newer version of nestjs-flamingock (then upgrade this app) or a person',
        'compare with verifyAudit()',
      ],
    },
  );
}

/** More of one kind help nobody. */
const MOST_TOLD = 10;

function alteredEntries(name: string, entries: readonly AuditEntry[]): AuditIntegrityError {
  const rows = entries
    .slice(0, MOST_TOLD)
    .map(({ seq, changeId, state }) => `entry ${seq} of change '${changeId}' (${state})`);
  const more = entries.length > MOST_TOLD ? ` and ${entries.length - MOST_TOLD} more` : '';
  return new AuditIntegrityError(
    `The audit in ${name} was changed by hand: what it keeps as the latest entry of a change does not match its hash. Nothing has run: ${rows.join('; ')}${more}.`,
    { fix: ['restore these entries from a backup; verifyAudit() tells what else is wrong'] },
  );
}

function strategies({ changes, targets, store }: EngineSettings) {
  return new Map(
    changes.map((change) => [change.id, strategyOf(change, targets.get(change.targetSystem), store)]),
  );
}

/** Only an attempt whose transaction may have left a trace is worth a read of its target system. */
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

/** A marker of an older attempt says nothing about this one; but what was broken open stays so until something settles it. */
function belongsTo({ changeId, attempt, kind }: Marker, entry: AuditEntry): boolean {
  if (changeId !== entry.changeId) return false;
  return attempt === entry.attempt || (kind === 'open' && attempt < entry.attempt);
}

function staleMarkers(
  markers: MarkersByTarget,
  latest: ReadonlyMap<string, AuditEntry>,
): Map<string, string[]> {
  const isWaitedFor = (marker: Marker): boolean => {
    const entry = latest.get(marker.changeId);
    return entry !== undefined && UNSETTLED.includes(entry.state) && belongsTo(marker, entry);
  };
  return new Map(
    [...markers].map(([target, all]) => [
      target,
      all.filter((marker) => !isWaitedFor(marker)).map(({ changeId }) => changeId),
    ]),
  );
}
