import { guidanceFor } from '../../core/engine/failure.js';
import {
  type FlamingockError,
  ManualInterventionError,
  PendingChangesError,
} from '../../core/model/errors.js';
import type { Plan, PlannedChange } from '../../core/model/plan.js';

const DONE: readonly PlannedChange['decision'][] = ['skip', 'skip-by-profile'];

/** The error of an app that only checks its changes; undefined when the plan lets it start. */
export function errorOfPlan({ status, changes }: Plan): FlamingockError | undefined {
  if (status === 'nothing-to-do') return undefined;
  const pending = changes.filter(({ decision }) => !DONE.includes(decision));
  const unresolved = pending.filter(({ decision }) => decision === 'needs-person');
  return unresolved.length ? needsPerson(unresolved) : isPending(pending);
}

function needsPerson(changes: readonly PlannedChange[]): ManualInterventionError {
  return new ManualInterventionError(
    `${count(changes, 'needs', 'need')} a person; nothing has run:\n${list(changes)}`,
    {
      fix: changes.flatMap(({ id, targetSystem }) => guidanceFor(id, targetSystem)),
    },
  );
}

function isPending(changes: readonly PlannedChange[]): PendingChangesError {
  return new PendingChangesError(
    `${count(changes, 'is', 'are')} pending, and this process was told to check, not to run them:\n${list(changes)}`,
    {
      fix: ['run them first: start one process with FLAMINGOCK_ON_BOOTSTRAP=apply, or call flamingock.run()'],
    },
  );
}

function count({ length }: readonly unknown[], one: string, many: string): string {
  return length === 1 ? `1 change ${one}` : `${length} changes ${many}`;
}

function list(changes: readonly PlannedChange[]): string {
  return changes
    .map(
      ({ id, stage, order, targetSystem, reason }) =>
        `  - '${id}' (${stage} ${order}) on '${targetSystem}': ${reason}`,
    )
    .join('\n');
}
