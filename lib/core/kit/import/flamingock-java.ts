import type { ImportedRow, ImportedState } from '../../model/history-source.js';
import { durationOf, factsOf, isTrue, latestOf, momentOf, wordOf } from './history-values.js';

/** A row of Flamingock Java's audit log, with the field names of MongoDB. Its SQL tables have the same names in snake case. */
export type FlamingockJavaRow = Readonly<Record<string, unknown>>;

const STATES: Readonly<Record<string, ImportedState>> = {
  APPLIED: 'applied',
  MANUAL_MARKED_AS_APPLIED: 'applied',
  ROLLED_BACK: 'rolled-back',
  MANUAL_MARKED_AS_ROLLED_BACK: 'rolled-back',
};

/** The state of each change in Flamingock Java's audit log, without its system changes. @param log - oldest row first */
export function rowsOfFlamingockJava(
  log: readonly FlamingockJavaRow[],
  whenOf: (createdAt: unknown) => Pick<ImportedRow, 'at' | 'zone'> = (createdAt) => ({
    at: momentOf(createdAt),
  }),
): ImportedRow[] {
  const changes = log.filter(({ changeId, systemChange }) => wordOf(changeId) && !isTrue(systemChange));
  return latestOf(changes, ({ changeId }) => String(changeId)).map((row) =>
    rowOf(row, whenOf(row['createdAt'])),
  );
}

/** Every other state counts as failed: it does not say whether the change is in effect. */
function rowOf(row: FlamingockJavaRow, when: Pick<ImportedRow, 'at' | 'zone'>): ImportedRow {
  const state = wordOf(row['state']) ?? 'none';
  const { executionId, stageId, type, invokedClass, invokedMethod, targetSystemId, changeOrder, metadata } =
    row;
  const facts = {
    executionId,
    stageId,
    type,
    invokedClass,
    invokedMethod,
    targetSystemId,
    changeOrder,
    metadata,
  };
  return {
    name: String(row['changeId']),
    state: STATES[state] ?? 'failed',
    ...when,
    author: wordOf(row['author']),
    durationMs: durationOf(row['executionMillis']),
    remark: `its state there is ${state}`,
    facts: factsOf({ state, ...facts }),
  };
}
