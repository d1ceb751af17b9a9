import { AuditStoreError, FlamingockError, LockLostError } from '../../model/errors.js';
import type { ErrorExplanation, TargetSystem } from '../../model/target-system.js';
import { errorText, messageOf, publicText } from '../../text/error-text.js';
import { cutText } from '../../text/printable.js';
import { problemOf } from '../../text/public-stack.js';
import type { Lease } from '../lease.js';

/** A failure: whatever was thrown, `undefined` included, and what the target system knows about it. That there is one decides. */
export interface Thrown {
  readonly error: unknown;
  readonly explanation?: ErrorExplanation;
}

/** The run cannot go on, while it dealt with a failure of a change that must be told as well. */
export class RunStopped extends Error {
  constructor(
    /** How the change had failed before. */
    readonly first: Thrown,
    /** Why the run cannot go on. */
    readonly ending: unknown,
  ) {
    super(`${headOf(first.error)}; then ${headOf(ending)}`, { cause: ending });
  }
}

/** The failure with what its target system knows about it. */
export function explained(target: TargetSystem, error: unknown): Thrown {
  const explanation =
    explanationOf(target, error) ??
    (error instanceof AggregateError ? explanationOf(target, error.errors[0]) : undefined);
  return { error, ...(explanation && { explanation }) };
}

function explanationOf(target: TargetSystem, error: unknown): ErrorExplanation | undefined {
  try {
    return target.explain?.(error);
  } catch {
    return undefined;
  }
}

/** Joins two failures, the first as the cause, so that neither hides the other. */
export function inTurn(first: Thrown, second: Thrown, what = ''): Thrown {
  const text = `${headOf(first.error)}; then ${what}${headOf(second.error)}`;
  const errors = [first.error, second.error];
  const fix = [...fixOf(first), ...fixOf(second)];
  const error =
    first.error instanceof AuditStoreError
      ? new AuditStoreError(text, { fix, cause: new AggregateError(errors, text, { cause: first.error }) })
      : new AggregateError(errors, text, { cause: first.error });
  return { error, ...((first.explanation || fix.length) && { explanation: { ...first.explanation, fix } }) };
}

/** The message of anything thrown, without what to do, which comes last. Never throws. */
export function headOf(error: unknown): string {
  return textOf(error, problemOf);
}

/** Gives a text to anything that was thrown, also `undefined`. */
function textOf(error: unknown, asText: (error: unknown) => string): string {
  if (error === '') return 'an empty text was thrown';
  if (error === null || !['object', 'function', 'string'].includes(typeof error))
    return `${messageOf(error)} was thrown`;
  return asText(error);
}

/** What to do, as far as the target system or the error itself knows. */
export function fixOf({ error, explanation }: Thrown): readonly string[] {
  return explanation?.fix ?? (error instanceof FlamingockError ? error.fix : []);
}

/** The message of a failure, with statement and place, without what to do. */
export function failureText({ error, explanation }: Thrown): string {
  return [headOf(error), ...whereText(explanation)].join('\n  ');
}

/** A failure in full, as the audit keeps it. */
export function fullFailureText({ error, explanation }: Thrown): string {
  return [textOf(error, errorText), ...whereText(explanation)].join('\n');
}

/** Longer statements are cut, in characters. */
const LONGEST_STATEMENT = 1_000;

function whereText({ statement, at }: ErrorExplanation = {}): string[] {
  return [
    ...(statement === undefined
      ? []
      : [`statement: ${publicText(cutText(statement.trim(), LONGEST_STATEMENT))}`]),
    ...(at === undefined ? [] : [`at: ${at}`]),
  ];
}

/** True when `error` is `first`, or carries it as a cause or as one of several errors. */
export function carries(error: unknown, first: unknown, depth = 0): boolean {
  if (Object.is(error, first)) return true;
  if (depth > 8) return false;
  try {
    if (!(error instanceof Error)) return false;
    const inner: unknown[] = error instanceof AggregateError ? error.errors : [];
    return [...('cause' in error ? [error.cause] : []), ...inner].some((other) =>
      carries(other, first, depth + 1),
    );
  } catch {
    return false;
  }
}

/** @throws RunStopped when the lease is lost, LockLostError when there was no failure or that was it */
export function guardAfter(lease: Pick<Lease, 'guard'>, first: Thrown | undefined): void {
  try {
    lease.guard();
  } catch (ending) {
    throw first ? stoppedBy(first, ending) : ending;
  }
}

/** The error of a run that ends while a failure was dealt with. */
export function stoppedBy(first: Thrown, ending: unknown): unknown {
  return first.error instanceof LockLostError ? first.error : new RunStopped(first, ending);
}
