import {
  AppendRefusedError,
  AuditStoreError,
  ChangeFailedError,
  FlamingockError,
  InterruptedError,
  LockLostError,
  ManualInterventionError,
} from '../model/errors.js';
import type { Step } from '../model/plan.js';
import { problemOf } from '../text/public-stack.js';
import type { TaskResult } from './execute/execution.js';
import { fixOf, failureText, type Thrown } from './execute/thrown.js';

/** The error of a run in which this step failed. */
export function failureOf(
  { change }: Step,
  { failure, outcome, note }: TaskResult & { readonly failure: Thrown },
  stopped: boolean,
): FlamingockError {
  const { error } = failure;
  if (error instanceof LockLostError || error instanceof AuditStoreError) return error;
  if (error instanceof AppendRefusedError)
    return new AuditStoreError(
      `The audit store refused to record change '${change.id}': ${problemOf(error)}`,
      { cause: error, fix: error.fix },
    );
  const what = `Change '${change.id}' (${change.className}) on '${change.targetSystem}' ${ENDED[outcome] ?? 'failed'}: ${failureText(failure)}${note ? ` (${note})` : ''}`;
  if (stopped)
    return new InterruptedError(`A stop was asked for. ${what}`, {
      cause: error,
      fix: ['start again: the next run goes on from here'],
    });
  return new ChangeFailedError(what, {
    cause: error,
    fix: [...fixOf(failure), ...fixFor(change.id, change.targetSystem, outcome)],
  });
}

const ENDED: Partial<Record<TaskResult['outcome'], string>> = {
  'rolled-back': 'failed and was rolled back',
  'rollback-failed': 'failed and could not be rolled back',
};

function fixFor(changeId: string, targetSystem: string, outcome: TaskResult['outcome']): string[] {
  if (outcome === 'rolled-back')
    return ['correct what the error names and start again: the next run tries the change again'];
  return ['correct what the error names', ...guidanceFor(changeId, targetSystem)];
}

/** The error of a run that met a change no rule can decide. */
export function needsPerson({ change, reason }: Step): ManualInterventionError {
  return new ManualInterventionError(
    `Change '${change.id}' (${change.className}) on '${change.targetSystem}' needs a person: ${reason}. Nothing of it and nothing after it has run.`,
    { fix: guidanceFor(change.id, change.targetSystem) },
  );
}

/** The error of a run that a stop ended between two changes. */
export function interruptedBefore({ change }: Step): InterruptedError {
  return new InterruptedError(`A stop was asked for; change '${change.id}' and what follows has not run.`, {
    fix: ['start again: the next run goes on from here'],
  });
}

/** Steps for a person when no rule can decide about a change. */
export function guidanceFor(changeId: string, targetSystem: string): string[] {
  return [
    `look at the target system '${targetSystem}': is change '${changeId}' in effect there?`,
    `then say so, in a process that boots without running changes (FLAMINGOCK_ON_BOOTSTRAP=skip):`,
    `if it is: flamingock.resolve('${changeId}', 'applied', { reason: '…' }), and the next run skips it`,
    `if it is not, or you removed what it left: flamingock.resolve('${changeId}', 'rolled-back', { reason: '…' }), and the next run applies it`,
    `to let the next runs decide by themselves, give it a @Verify, or recovery: 'always-retry' if doing it twice does no harm`,
  ];
}
