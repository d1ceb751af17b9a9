import type { AuditEntry } from '../../../lib/core/model/audit-entry.js';
import type { AttemptScope } from '../../../lib/core/model/target-system.js';
import type { Effect } from './effect.js';
import type { Ledger } from './ledger.js';

/** A guarded call that changes something is about to leave its process: may it, and is its attempt on record? */
export function judgeCall(ledger: Ledger, { kind, changeId }: Effect, scope: AttemptScope): void {
  const { executionId, attempt } = scope;
  const what = `${executionId} sends a ${kind} of ${changeId} (attempt ${attempt})`;
  const facts = ledger.facts.of(scope);
  facts.acted = true;
  ledger.actedOn(executionId, changeId);
  judgeRight(ledger, changeId, what);
  if (!mayCall(ledger, scope, what)) return;
  const latest = ledger.latest.get(changeId);
  if (latest?.executionId !== executionId || latest.attempt !== attempt)
    return ledger.violated('I3', `${what}, but its latest entry is ${describe(latest)}`);
  if (kind === 'write') judgeApply(ledger, latest, what);
  else judgeRollback(ledger, latest, facts.refused, what);
}

/** A guarded call that only looks is about to leave its process. */
export function judgeLook(ledger: Ledger, scope: AttemptScope): void {
  mayCall(ledger, scope, `${scope.executionId} looks at ${scope.changeId}`);
}

function mayCall(ledger: Ledger, { executionId }: AttemptScope, what: string): boolean {
  if (ledger.isHolder(executionId)) return true;
  ledger.violated('I5', `${what}, but ${ledger.newest.holder} holds the lock`);
  return false;
}

/** Nobody may record anything in an audit that is not whole. */
export function judgeWhole(ledger: Ledger, what: string): void {
  if (ledger.frozen) ledger.violated('cut', `${what}, but ${ledger.frozen}`);
}

/** Nobody may do anything on the strength of an audit that is not whole, or where more is known than it knows. */
export function judgeRight(ledger: Ledger, changeId: string, what: string): void {
  judgeWhole(ledger, what);
  const shape = ledger.shapeOf(changeId);
  if (shape && ledger.isBehind(shape))
    ledger.violated('behind', `${what}, but ${shape.targetSystem} knows more than the audit`);
}

function judgeApply(ledger: Ledger, latest: AuditEntry, what: string): void {
  if (latest.state !== 'STARTED' || latest.operation !== 'apply')
    ledger.violated('I3', `${what} after ${describe(latest)}`);
  const { index = 0 } = ledger.shapeOf(latest.changeId) ?? {};
  const before = ledger
    .knownTo(latest.executionId)
    .plan.find((shape) => shape.index < index && !ledger.isApplied(shape.id));
  if (before)
    ledger.violated('I4', `${what}, but ${before.id} is ${ledger.latest.get(before.id)?.state ?? 'new'}`);
}

function judgeRollback(ledger: Ledger, latest: AuditEntry, refused: boolean, what: string): void {
  const { state, operation } = latest;
  const undoing = state === 'STARTED' && operation === 'undo';
  const reverting = state === 'FAILED' && operation === 'apply';
  const unrecorded = refused && state === 'STARTED';
  if (!undoing && !reverting && !unrecorded) ledger.violated('I3', `${what} after ${describe(latest)}`);
}

function describe(entry: AuditEntry | undefined): string {
  return entry
    ? `${entry.state} (${entry.operation}) of attempt ${entry.attempt} by ${entry.executionId}`
    : 'missing';
}
