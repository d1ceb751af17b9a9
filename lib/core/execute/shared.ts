import type { AuditEntry } from '../audit-entry.js';
import { LockLostError } from '../errors.js';
import { isRefused } from '../journal.js';
import type { TransactionalTargetSystem } from '../target-system.js';
import type { Execution, Task, TaskResult } from './execution.js';
import { endDrafts, recordStart } from './record.js';
import { RunStopped } from './thrown.js';
import { BROKEN_OPEN, failTransactional, transact } from './transactional.js';

/** Runs a change whose target system and audit store are one database: one commit holds the effect and its record. */
export async function executeShared(
  execution: Execution,
  task: Task,
  target: TransactionalTargetSystem,
): Promise<TaskResult> {
  const { journal, operation, settings } = execution;
  await recordStart(execution, task);
  const begun = settings.clock.monotonic();
  const elapsed = (): number => settings.clock.monotonic() - begun;
  let entries: readonly AuditEntry[] = [];
  const end = await transact(execution, task, target, async ({ session }) => {
    entries = await journal.appendWithin(session, endDrafts(execution, task, elapsed()));
  });
  const committed = (brokenOpen: boolean): TaskResult => {
    journal.advance(entries);
    return {
      outcome: operation.name === 'undo' ? 'rolled-back' : 'applied',
      startedNext: entries.length > 1,
      note: brokenOpen ? BROKEN_OPEN : undefined,
    };
  };
  if (end.kind === 'committed') return committed(end.brokenOpen);
  const { error } = end.failure;
  // Whether or not it was sent: nothing more is done without the lock, the next holder decides.
  if (end.kind === 'unknown' && error instanceof LockLostError) throw error;
  if (end.kind === 'unknown' && (await journal.landed(entries, error))) return committed(end.brokenOpen);
  try {
    return await failTransactional(execution, task, target, end.failure, elapsed());
  } catch (failure) {
    // The commit was still on its way when it was looked for; the chain does not go on without it.
    const ending = failure instanceof RunStopped ? failure.ending : failure;
    if (end.kind === 'unknown' && isRefused(ending) && (await journal.landed(entries, ending)))
      return committed(end.brokenOpen);
    throw failure;
  }
}
