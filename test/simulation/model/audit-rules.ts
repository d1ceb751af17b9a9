import type { AuditEntry, AuditOperation, AuditState } from '../../../lib/core/model/audit-entry.js';
import { type ChangeShape, isStrict } from './change-shape.js';
import type { AttemptFacts } from './facts.js';

/** What is known when an entry is recorded. */
export interface RecordedSituation {
  readonly shape: ChangeShape;
  readonly entry: AuditEntry;
  /** The latest entry of the change before. */
  readonly previous: AuditEntry | undefined;
  /** How many STARTED entries of the change there are before this one. */
  readonly starts: number;
  /** All parts of the change are in effect; none is. */
  readonly inEffect: boolean;
  readonly absent: boolean;
  /** Its target system knows more than the audit, which was restored: only a person can tell what is in effect there. */
  readonly isBehind: boolean;
  /** What this run knows of the attempt that the entry is about. */
  readonly facts: AttemptFacts;
  /** What this run knows of the attempt that the previous entry is about. */
  readonly previousFacts: AttemptFacts;
}

/** Why the entry may not be recorded now, judged by what really happened; undefined when it may. */
export function faultOfEntry(situation: RecordedSituation): string | undefined {
  const { entry, starts } = situation;
  const attempt = entry.state === 'STARTED' ? starts + 1 : starts;
  if (entry.attempt !== attempt) return `its attempt is ${entry.attempt}, not ${attempt}`;
  return RULES[entry.state](situation);
}

type Rule = (situation: RecordedSituation) => string | undefined;

const APPLIED_BY: Readonly<Record<AuditOperation, Rule>> = {
  apply: applied,
  undo: undoReverted,
  import: imported,
  manual: byPerson,
};

const RULES: Readonly<Record<AuditState, Rule>> = {
  STARTED: (situation) =>
    situation.entry.operation === 'undo' ? undoStarted(situation) : applyStarted(situation),
  APPLIED: (situation) => APPLIED_BY[situation.entry.operation](situation),
  FAILED: failed,
  ROLLED_BACK: (situation) =>
    situation.entry.operation === 'undo' ? undone(situation) : rolledBack(situation),
  ROLLBACK_FAILED: ({ shape, previous }) =>
    isStrict(shape) ? 'a transaction cannot fail to roll back' : unlessUnsettled(previous),
  MANUAL_MARKED_AS_APPLIED: byPerson,
  MANUAL_MARKED_AS_ROLLED_BACK: byPerson,
};

function applyStarted(situation: RecordedSituation): string | undefined {
  const { shape, previous, absent, previousFacts } = situation;
  if (!previous || ['ROLLED_BACK', 'MANUAL_MARKED_AS_ROLLED_BACK'].includes(previous.state)) return undefined;
  const settled = unlessUnsettled(previous);
  if (settled) return settled;
  if (previous.operation === 'undo') return 'an undo was left undecided, and nothing was recorded about it';
  if (isStrict(shape)) return absent ? undefined : 'it is in effect';
  if (previousFacts.verdict === false || (shape.strategy !== 'plain' && absent)) return undefined;
  if (previousFacts.verdict === true) return 'verify said that it is in effect';
  return shape.recovery === 'always-retry' ? undefined : 'only a person can decide';
}

function undoStarted({ previous }: RecordedSituation): string | undefined {
  return previous && ['APPLIED', 'MANUAL_MARKED_AS_APPLIED'].includes(previous.state)
    ? undefined
    : `there is nothing to undo after ${previous?.state}`;
}

function applied({ shape, entry, previous, inEffect, facts }: RecordedSituation): string | undefined {
  const settled = unlessUnsettled(previous);
  if (settled) return settled;
  if (isStrict(shape)) return inEffect ? undefined : 'it is not in effect';
  if (facts.verdict === true || (shape.strategy !== 'plain' && inEffect)) return undefined;
  if (previous?.executionId !== entry.executionId) return 'nobody knows whether it is in effect';
  if (!facts.applyReturned) return 'apply did not return';
  return shape.verify === 'none' ? undefined : 'verify did not say so';
}

/** APPLIED after an undo that did not come about. */
function undoReverted({
  shape,
  entry,
  previous,
  inEffect,
  facts,
  previousFacts,
}: RecordedSituation): string | undefined {
  const settled = unlessUnsettled(previous);
  if (settled) return settled;
  if (isStrict(shape)) return inEffect ? undefined : 'it is not in effect any more';
  if (previousFacts.verdict === true || (shape.strategy !== 'plain' && inEffect)) return undefined;
  const notBegun =
    entry.reason === 'not begun' && !facts.acted && previous?.executionId === entry.executionId;
  return notBegun ? undefined : 'nobody knows whether it is still in effect';
}

function failed({ shape, entry, previous, inEffect, absent }: RecordedSituation): string | undefined {
  if (previous?.state !== 'STARTED' || previous.executionId !== entry.executionId)
    return 'it did not start it';
  if (!isStrict(shape)) return undefined;
  if (entry.operation === 'undo') return inEffect ? undefined : 'the undo is committed';
  return absent ? undefined : 'it is in effect';
}

function rolledBack({ shape, entry, previous, absent, facts }: RecordedSituation): string | undefined {
  const settled = unlessUnsettled(previous);
  if (settled) return settled;
  if (previous?.executionId !== entry.executionId) return 'it did not start it';
  if (isStrict(shape)) return absent ? undefined : 'it is in effect';
  if (entry.reason === 'not begun') return facts.acted ? 'it has begun' : undefined;
  if (shape.strategy !== 'plain' && absent) return undefined;
  return facts.rollbackReturned ? undefined : 'rollback did not return';
}

function undone({ shape, absent, facts, previousFacts, previous }: RecordedSituation): string | undefined {
  const settled = unlessUnsettled(previous);
  if (settled) return settled;
  if (isStrict(shape)) return absent ? undefined : 'it is still in effect';
  const known =
    facts.rollbackReturned || previousFacts.verdict === false || (shape.strategy !== 'plain' && absent);
  return known ? undefined : 'nobody knows whether it is undone';
}

/** Another tool has applied it, and our own audit knows nothing of it; an audit that is behind may have forgotten its undo. */
function imported({ previous, inEffect, isBehind }: RecordedSituation): string | undefined {
  if (previous) return `the latest state is ${previous.state}`;
  return inEffect || isBehind ? undefined : 'it is not in effect';
}

function byPerson(situation: RecordedSituation): string | undefined {
  const { shape, entry, previous, inEffect, absent, isBehind } = situation;
  if (isBehind && entry.state === 'MANUAL_MARKED_AS_APPLIED')
    return inEffect ? undefined : 'it is not in effect';
  if (isBehind) return absent ? undefined : 'it is in effect';
  return isStrict(shape) ? 'a transaction decides about it' : unlessUnsettled(previous);
}

function unlessUnsettled(previous: AuditEntry | undefined): string | undefined {
  return previous && ['STARTED', 'FAILED', 'ROLLBACK_FAILED'].includes(previous.state)
    ? undefined
    : `the latest state is ${previous?.state}`;
}
