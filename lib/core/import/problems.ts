import type { AuditEntry } from '../model/audit-entry.js';
import type { ImportedRow, RecordPresence } from '../model/history-source.js';
import { nearNames } from '../text/near-names.js';

/**
 * Ids that another tool's name may stand for. Tools add a time in front or behind, a file extension, and another
 * casing: `CreateUsers1700000000000` and `20240101_create_users.js` both match `create-users`.
 */
function likelyIds(name: string, ids: readonly string[]): string[] {
  const bare = bareName(name);
  const byBareName = new Map(ids.map((id) => [bareName(id), id]));
  const likely = nearNames(bare, byBareName.keys()).flatMap((near) => byBareName.get(near) ?? []);
  return [...new Set([...likely, ...nearNames(name, ids)])].slice(0, 3);
}

function bareName(name: string): string {
  const letters = name
    .replace(/\.(?:[cm]?[jt]s|sql|ya?ml|json)$/i, '')
    .replace(/^[VUR]?[\d._-]+/, '')
    .replace(/[\d._-]+$/, '')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();
  return letters || name.toLowerCase();
}

/** A record without rows, or none at all. */
export function emptyRecord(source: string, presence: RecordPresence): string {
  const what = presence === 'kept' ? 'has no rows' : 'does not exist';
  return `${source} ${what}, and nothing was imported from it before; check its name and place, take it out of importHistory, or write allowEmpty: true if there is nothing to import here, as with a new tenant`;
}

/** A row for which the map answers no id. */
export function noId({ name }: ImportedRow, answer: unknown): string {
  return `map answers ${JSON.stringify(answer) ?? typeof answer} for the row '${name}'; answer a change id, a list of them, null to leave the row out, or undefined to use its name`;
}

/** A row whose change the code lacks. */
export function unknownRow({ name }: ImportedRow, id: string, ids: readonly string[]): string {
  const which = id === name ? `the row '${name}'` : `the row '${name}', mapped to '${id}',`;
  const near = likelyIds(id, ids);
  const hint = near.length ? `did you mean ${near.map((text) => `'${text}'`).join(' or ')}? ` : '';
  return `${which} is no change in the code; ${hint}Name its change in map, as in { '${name}': '${near[0] ?? 'id-of-the-change'}' }, leave it out with null, or write allowUnknown: true`;
}

/** A row that is not simply applied. */
export function failedRow({ name, at, remark }: ImportedRow): string {
  return `the row '${name}'${at ? ` of ${at}` : ''} is not applied${remark ? ` (${remark})` : ''}; finish it with the old tool, or write allowFailed: true and the next run applies its change`;
}

/** A row whose change our own audit has left in a state that needs a person. */
export function undecided({ name }: ImportedRow, { changeId, attempt, state, at, host }: AuditEntry): string {
  return `the row '${name}' is applied, but attempt ${attempt} of '${changeId}' here ended as ${state} (${at} on ${host}); look at the target system, then call resolve('${changeId}', 'applied' or 'rolled-back', { reason: '…' }), and the row is not needed any more`;
}

/** Several rows stand for one change, and only a part of them is applied. */
export function halfApplied(
  changeId: string,
  applied: readonly string[],
  others: readonly { readonly name: string; readonly reason: string }[],
): string {
  const done = applied.map((name) => `'${name}'`).join(', ');
  const open = others.map(({ name, reason }) => `'${name}' (${reason})`).join(', ');
  return `of the rows that stand for change '${changeId}', ${done} is applied and ${open} is not; leave out with null in map those that do not matter, or finish them with the old tool`;
}

/**
 * What it means that a record has no rows. Suspicious: it may be the wrong place, and what is applied there would be
 * applied again. Unclear: another process is at work, look again when it has ended.
 */
export type Emptiness = 'harmless' | 'suspicious' | 'unclear';

/** What emptiness is judged by. */
export interface EmptySituation {
  readonly presence: RecordPresence;
  /** True when something was imported from this very source before. */
  readonly hasImported: boolean;
  readonly latest: readonly Pick<AuditEntry, 'operation' | 'state'>[];
  readonly isBusy: boolean;
}

/**
 * A record that was imported may be gone. A missing record is harmless where everything is new, or where this audit
 * applied changes from the first day on. Where another record was imported, a missing one is probably misspelt.
 */
export function judgeEmptiness({ presence, hasImported, latest, isBusy }: EmptySituation): Emptiness {
  if (hasImported) return 'harmless';
  if (presence === 'kept' || latest.some(({ operation }) => operation === 'import')) return 'suspicious';
  if (presence === 'new-place') return 'harmless';
  if (latest.some(({ operation, state }) => operation === 'apply' && state === 'APPLIED')) return 'harmless';
  return isBusy ? 'unclear' : 'suspicious';
}
