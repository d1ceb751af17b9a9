import type { AuditEntry } from '../../model/audit-entry.js';
import { LockLostError } from '../../model/errors.js';
import type { TransactionalTargetSystem } from '../../model/target-system.js';
import { isRefused } from '../audit-writer.js';
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
  const { auditWriter, operation, settings } = execution;
  await recordStart(execution, task);
  const begun = settings.clock.monotonic();
  const elapsed = (): number => settings.clock.monotonic() - begun;
  let entries: readonly AuditEntry[] = [];
  const end = await transact(execution, task, target, async ({ session }) => {
    entries = await auditWriter.appendWithin(session, endDrafts(execution, task, elapsed()));
  });
  const committed = (brokenOpen: boolean): TaskResult => {
    auditWriter.advance(entries);
    return {
      outcome: operation.name === 'undo' ? 'rolled-back' : 'applied',
      startedNext: entries.length > 1,
      note: brokenOpen ? BROKEN_OPEN : undefined,
    };
  };
  if (end.kind === 'committed') return committed(end.brokenOpen);
  const { error } = end.failure;
  // Without the lock nothing more is done, whether or not the commit was sent. The next holder decides.
  if (end.kind === 'unknown' && error instanceof LockLostError) throw error;
  if (end.kind === 'unknown' && (await auditWriter.landed(entries, error))) return committed(end.brokenOpen);
  try {
    return await failTransactional(execution, task, target, end.failure, elapsed());
  } catch (failure) {
    // The commit arrived after it was looked for. The chain continues with it.
    const ending = failure instanceof RunStopped ? failure.ending : failure;
    if (end.kind === 'unknown' && isRefused(ending) && (await auditWriter.landed(entries, ending)))
      return committed(end.brokenOpen);
    throw failure;
  }
}
