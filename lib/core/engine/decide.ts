import type { AuditEntry } from '../model/audit-entry.js';
import type { ChangeDefinition } from '../model/change.js';
import type { Decision, Finding } from '../model/plan.js';

/** The parts of a change that decisions depend on. */
export type Decidable = Pick<ChangeDefinition, 'recovery' | 'verify'>;

/** The recovery table of the protocol: latest entry and findings → what to do. Pure. */
export function decide(change: Decidable, latest: AuditEntry | undefined, finding: Finding = {}): Decision {
  switch (latest?.state) {
    case undefined:
      return { decision: 'apply', reason: 'it never ran' };
    case 'APPLIED':
      return { decision: 'skip', reason: `applied at ${latest?.at}` };
    case 'MANUAL_MARKED_AS_APPLIED':
      return { decision: 'skip', reason: `marked as applied by ${latest?.actor}` };
    case 'ROLLED_BACK':
      return { decision: 'apply', reason: 'its last attempt was rolled back' };
    case 'MANUAL_MARKED_AS_ROLLED_BACK':
      return { decision: 'apply', reason: `marked as rolled back by ${latest?.actor}` };
    case 'STARTED':
    case 'FAILED':
    case 'ROLLBACK_FAILED':
      return decideUnsettled(change, latest as AuditEntry, finding);
  }
}

function decideUnsettled(change: Decidable, latest: AuditEntry, finding: Finding): Decision {
  const undone = latest.operation === 'undo';
  if (runsAsPlain(latest, finding)) return decidePlain(change, latest, finding, undone);
  const kind = finding.marker?.kind;
  if (undone)
    return kind === 'undone'
      ? { decision: 'apply', reason: 'its undo was committed', record: 'ROLLED_BACK' }
      : {
          decision: 'reconcile',
          reason: 'its undo never committed: it is still in effect',
          record: 'APPLIED',
        };
  return kind === 'applied'
    ? {
        decision: 'reconcile',
        reason: 'its transaction was committed: the marker is there',
        record: 'APPLIED',
      }
    : { decision: 'apply', reason: `attempt ${latest.attempt} never committed` };
}

/** True when no transaction decides about the attempt: there was none, it was broken open, or its rollback failed. */
export function runsAsPlain(latest: AuditEntry, finding: Finding): boolean {
  return (
    latest.strategy === 'plain' ||
    latest.state === 'ROLLBACK_FAILED' ||
    finding.marker?.kind === 'open' ||
    (latest.strategy === 'marker' && finding.markersUnreadable === true)
  );
}

function decidePlain(change: Decidable, latest: AuditEntry, finding: Finding, undone: boolean): Decision {
  const { verdict, verifyError } = finding;
  const ended = `attempt ${latest.attempt}${undone ? ' (undo)' : ''} ended as ${latest.state}`;
  const failed = verifyError === undefined ? '' : `; @Verify failed: ${verifyError}`;
  const what = `${openBefore(latest, finding)}${ended}${failed}`;
  if (change.verify && verdict === undefined)
    return { decision: 'reconcile', reason: `${what}; @Verify decides`, askVerify: true };
  if (verdict === true)
    return { decision: 'reconcile', reason: `${what}; @Verify says it is in effect`, record: 'APPLIED' };
  if (verdict === false)
    return {
      decision: 'apply',
      reason: `${what}; @Verify says it is not in effect`,
      ...(undone && { record: 'ROLLED_BACK' as const }),
    };
  if (change.recovery === 'always-retry' && !undone)
    return { decision: 'apply', reason: `${what}; recovery is always-retry`, leavesOpen: true, verifyError };
  const why = change.verify ? '@Verify could not tell' : 'no rule tells whether it is in effect';
  return { decision: 'needs-person', reason: `${what} on ${latest.host} at ${latest.at}; ${why}` };
}

/** What a transaction left that was broken open before the latest attempt. */
function openBefore({ attempt }: AuditEntry, { marker }: Finding): string {
  if (marker?.kind !== 'open' || marker.attempt === attempt) return '';
  return `a statement of attempt ${marker.attempt} committed on its own, and nothing has settled since what it left; `;
}
