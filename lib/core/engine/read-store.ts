import { ENTRY_FORMAT, faultAtEnd, hashOf } from '../kit/hash-chain.js';
import { inTime } from '../kit/time-limits.js';
import { AUDIT_STATES, type AuditEntry } from '../model/audit-entry.js';
import type { AuditSnapshot, AuditStore, AuditSummary } from '../model/audit-store.js';
import { AuditIntegrityError, AuditStoreError, FlamingockError } from '../model/errors.js';
import type { EngineSettings } from '../model/settings.js';

/** Reads the record of the namespace and the last entry. @throws AuditStoreError, AuditIntegrityError */
export async function readSummary(settings: EngineSettings): Promise<AuditSummary> {
  const summary = await answerOf(settings, settings.store.summary());
  requireSoundEnd(settings.store, summary);
  return summary;
}

/** Waits for an answer of the audit store, at most one lease. @throws AuditStoreError, AuditIntegrityError */
export async function answerOf<T>({ store, clock, lock }: EngineSettings, reading: Promise<T>): Promise<T> {
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

/** Reads the record of the namespace and the latest entry of each change. @throws AuditStoreError, AuditIntegrityError */
export async function readSnapshot(settings: EngineSettings): Promise<AuditSnapshot> {
  const { store } = settings;
  const snapshot = await answerOf(settings, store.snapshot());
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

/** Longer lists are cut. */
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
