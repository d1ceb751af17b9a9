import {
  durationOf,
  factsOf,
  isTrue,
  latestOf,
  momentOf,
  wordOf,
} from '../../../core/kit/import/history-values.js';
import type { ImportedRow, ImportedState } from '../../../core/model/history-source.js';
import { type MongoDocument, mongoHistory, type MongoHistory, oldestFirst } from './mongo-history.js';

/**
 * The change units that Mongock has run, versions 4 and 5: `mongockChangeLog`. A name is the change unit's id.
 * Mongock's own system changes are left out. The before-part of a change unit belongs to it: both must be executed.
 */
export const mongockChangeLog: MongoHistory = mongoHistory({
  tool: 'Mongock',
  collection: 'mongockChangeLog',
  rowsOf: (documents) => {
    const entries = oldestFirst(documents, 'timestamp').filter(isOfUser);
    const parts = latestOf(entries, ({ changeId, type }) => `${wordOf(type)} ${String(changeId)}`);
    const units = latestOf(parts, unitOf).map(unitOf);
    return units.map((unit) => rowOf(unit, parts));
  },
});

const STATES: Readonly<Record<string, ImportedState>> = { EXECUTED: 'applied', ROLLED_BACK: 'rolled-back' };

/** Leaves out Mongock's own changes, and IGNORED entries, which only say that a change had been executed before. */
function isOfUser({ changeId, state, systemChange }: MongoDocument): boolean {
  return wordOf(changeId) !== undefined && state !== 'IGNORED' && !isTrue(systemChange);
}

function isBefore({ changeId, type }: MongoDocument): boolean {
  const word = wordOf(type);
  return word === undefined ? String(changeId).endsWith('_before') : word === 'BEFORE_EXECUTION';
}

function unitOf(entry: MongoDocument): string {
  const id = String(entry['changeId']);
  return isBefore(entry) ? id.replace(/_before$/, '') : id;
}

function stateOf(entry: MongoDocument): ImportedState {
  return STATES[wordOf(entry['state']) ?? ''] ?? 'failed';
}

function rowOf(unit: string, parts: readonly MongoDocument[]): ImportedRow {
  const own = parts.filter((entry) => unitOf(entry) === unit);
  const before = own.findLast(isBefore);
  const main = own.findLast((entry) => !isBefore(entry));
  const shown = main ?? before ?? {};
  const { executionId, changeLogClass, changeSetMethod, metadata, state } = shown;
  return {
    name: unit,
    state: stateOfUnit(main, before),
    at: momentOf(shown['timestamp']),
    author: wordOf(shown['author']),
    durationMs: durationOf(shown['executionMillis']),
    remark: remarkOn(main, before),
    facts: factsOf({ state, executionId, changeLogClass, changeSetMethod, metadata }),
  };
}

/** A unit that was interrupted may have only its before-part. */
function stateOfUnit(main: MongoDocument | undefined, before: MongoDocument | undefined): ImportedState {
  const states = [main, before].flatMap((entry) => (entry ? [stateOf(entry)] : []));
  if (states.every((state) => state === 'rolled-back')) return 'rolled-back';
  return main && states.every((state) => state === 'applied') ? 'applied' : 'failed';
}

function remarkOn(main: MongoDocument | undefined, before: MongoDocument | undefined): string {
  const said = (entry: MongoDocument | undefined): string => wordOf(entry?.['state']) ?? 'nothing';
  const part = before ? `, that of its before-part ${said(before)}` : '';
  return `its state there is ${said(main)}${part}`;
}
