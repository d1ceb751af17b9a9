import type { AuditEntry } from '../audit-entry.js';
import { LockLostError } from '../errors.js';
import type { TransactionalTargetSystem } from '../target-system.js';
import type { Execution, Task, TaskResult } from './execution.js';
import { endDrafts, recordStart } from './record.js';
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
  // Whether or not it was sent: nothing more is done without the lock, the next holder decides.
  if (end.kind === 'unknown' && end.error instanceof LockLostError) throw end.error;
  const committed =
    end.kind === 'committed' || (end.kind === 'unknown' && (await journal.landed(entries, end.error)));
  if (!committed) return failTransactional(execution, task, target, end.error, elapsed());
  journal.advance(entries);
  return {
    outcome: operation.name === 'undo' ? 'rolled-back' : 'applied',
    startedNext: entries.length > 1,
    note: end.brokenOpen ? BROKEN_OPEN : undefined,
  };
}
