import { type Decidable, decide, runsAsPlain } from '../engine/decide.js';
import type { AuditEntry } from '../model/audit-entry.js';
import {
  changeIdsFor,
  type HistorySource,
  type IgnoredRow,
  type ImportedRow,
  type ImportRules,
  type RecordPresence,
} from '../model/history-source.js';
import {
  type Emptiness,
  emptyRecord,
  failedRow,
  halfApplied,
  noId,
  undecided,
  unknownRow,
} from './problems.js';
import type { Finding } from '../model/plan.js';

/** What an import is judged by. */
export interface ImportSituation {
  /** Those in the code. */
  readonly changes: readonly (Decidable & { readonly id: string })[];
  readonly latest: ReadonlyMap<string, AuditEntry>;
  readonly findings: ReadonlyMap<string, Finding>;
  /** Ids of changes that our own audit has applied at some time, where their latest entry does not tell. */
  readonly everApplied: ReadonlySet<string>;
  /** True for an attempt of the process that holds the lease now. */
  readonly isUnderWay: (entry: AuditEntry) => boolean;
  /** What it means when there are no rows. */
  readonly emptiness: Emptiness;
}

/** A row, and the change that it is a record of. */
export interface PlannedImport {
  readonly row: ImportedRow;
  readonly changeId: string;
}

/** What an import would do. Nothing is imported as long as there are problems. */
export interface ImportPlan {
  readonly imports: readonly PlannedImport[];
  readonly alreadyKnown: readonly string[];
  readonly ignored: readonly IgnoredRow[];
  /** True when another process is at work on a change of the record: look again when it has ended. */
  readonly waits: boolean;
  readonly problems: readonly string[];
}

/** The outcome for one row. */
type Fate =
  | { readonly become: 'entry' | 'known'; readonly changeId: string }
  | { readonly become: IgnoredRow['reason']; readonly changeId?: string }
  | { readonly become: 'waiting' }
  | { readonly become: 'problem'; readonly problem: string };

/** A row with its outcome. */
type Judged = Fate & { readonly row: ImportedRow };

/** Decides what to record from another tool's rows and this audit. Pure. */
export function planImport(
  { name, presence = 'kept' }: Pick<HistorySource, 'name'> & { readonly presence?: RecordPresence },
  rows: readonly ImportedRow[],
  rules: ImportRules,
  situation: ImportSituation,
): ImportPlan {
  const judged = judge(rows, rules, situation);
  const faults = [
    ...judged.flatMap((one) => (one.become === 'problem' ? [one.problem] : [])),
    ...faultsOfGroups(judged),
  ];
  const emptiness = rows.length || rules.allowEmpty ? 'harmless' : situation.emptiness;
  return {
    imports: judged.flatMap((one) =>
      one.become === 'entry' ? [{ row: one.row, changeId: one.changeId }] : [],
    ),
    alreadyKnown: [...new Set(judged.flatMap((one) => (one.become === 'known' ? [one.changeId] : [])))],
    ignored: ignoredRows(judged),
    waits: emptiness === 'unclear' || judged.some(({ become }) => become === 'waiting'),
    problems:
      emptiness === 'suspicious' ? [emptyRecord(name, presence)] : faults.map((fault) => `${name}: ${fault}`),
  };
}

/** One judgement for each change that a row stands for. */
function judge(rows: readonly ImportedRow[], rules: ImportRules, situation: ImportSituation): Judged[] {
  const known = new Map(situation.changes.map((change) => [change.id, change]));
  return rows.flatMap((row): Judged[] => {
    const ids = changeIdsFor(row.name, rules.map);
    if (!ids.length) return [{ row, become: 'left-out' }];
    return ids.map((id) => ({ row, ...fateOf(row, id, rules, { ...situation, known }) }));
  });
}

/** A situation in which changes are found by their id. */
interface KnownSituation extends ImportSituation {
  readonly known: ReadonlyMap<string, ImportSituation['changes'][number]>;
}

function fateOf(row: ImportedRow, changeId: unknown, rules: ImportRules, situation: KnownSituation): Fate {
  if (typeof changeId !== 'string' || !changeId.trim())
    return { become: 'problem', problem: noId(row, changeId) };
  const latest = situation.latest.get(changeId);
  if (latest && knowsBetter(latest, situation)) return { become: 'known', changeId };
  if (row.state === 'rolled-back') return { become: 'rolled-back', changeId };
  const change = situation.known.get(changeId);
  if (!change && row.state === 'struck-out') return { become: 'struck-out' };
  if (!change) return fateOfUnknown(row, changeId, rules, situation);
  if (row.state === 'failed')
    return rules.allowFailed
      ? { become: 'failed', changeId }
      : { become: 'problem', problem: failedRow(row) };
  if (!latest || latest.state === 'ROLLED_BACK') return { become: 'entry', changeId };
  return fateOfUnsettled(row, change, latest, situation);
}

function fateOfUnknown(
  row: ImportedRow,
  changeId: string,
  { allowUnknown }: ImportRules,
  { changes }: ImportSituation,
): Fate {
  if (allowUnknown) return { become: 'unknown' };
  const ids = changes.map(({ id }) => id);
  return { become: 'problem', problem: unknownRow(row, changeId, ids) };
}

/** An attempt that never committed changes nothing. The next run records what markers or `@Verify` decide. */
function fateOfUnsettled(
  row: ImportedRow,
  change: Decidable & { readonly id: string },
  latest: AuditEntry,
  { isUnderWay, findings }: ImportSituation,
): Fate {
  if (isUnderWay(latest)) return { become: 'waiting' };
  const finding = findings.get(change.id) ?? {};
  const { decision } = decide(change, latest, finding);
  if (decision === 'needs-person') return { become: 'problem', problem: undecided(row, latest) };
  const neverCommitted = decision === 'apply' && !runsAsPlain(latest, finding);
  return { become: neverCommitted ? 'entry' : 'known', changeId: change.id };
}

/** True when this audit is newer: it applied or undid the change, or a person resolved it. */
function knowsBetter({ changeId, state, operation }: AuditEntry, { everApplied }: ImportSituation): boolean {
  return state === 'APPLIED' || operation === 'manual' || operation === 'undo' || everApplied.has(changeId);
}

/** True when only the history of the change tells whether this audit ever applied it. */
export function isUncertain({ state, operation }: AuditEntry): boolean {
  return operation === 'apply' && state !== 'APPLIED';
}

/** Several rows may stand for one change; then all of them or none must be in effect. */
function faultsOfGroups(judged: readonly Judged[]): string[] {
  const groups = new Map<string, Judged[]>();
  for (const one of judged) {
    if (!('changeId' in one) || one.changeId === undefined) continue;
    const group = groups.get(one.changeId);
    if (group) group.push(one);
    else groups.set(one.changeId, [one]);
  }
  return [...groups].flatMap(([id, group]) => {
    const applied = group.filter(({ become }) => become === 'entry').map(({ row }) => row.name);
    const others = ignoredRows(group);
    return applied.length && others.length ? [halfApplied(id, applied, others)] : [];
  });
}

/** Each row once for each reason, however many changes it stands for. */
function ignoredRows(judged: readonly Judged[]): IgnoredRow[] {
  const reasons = new Map<ImportedRow, Set<string>>();
  return judged.flatMap((one) => {
    const ignored = ignoredRow(one);
    const given = reasons.get(one.row) ?? new Set();
    if (!ignored || given.has(ignored.reason)) return [];
    reasons.set(one.row, given.add(ignored.reason));
    return [ignored];
  });
}

function ignoredRow({ row, become }: Judged): IgnoredRow | undefined {
  if (become === 'entry' || become === 'known' || become === 'waiting' || become === 'problem')
    return undefined;
  return { name: row.name, reason: become };
}
