import { publicCause } from './public-cause.js';
import type { ExecutionReport } from './report.js';
import { asBlock, visible } from './visible.js';

/** What an error carries beside its message. */
export interface FlamingockErrorDetails {
  /** What to do, one step a line. */
  readonly fix?: readonly string[];
  /**
   * What it was caused by. The error's own `cause` is safe to print: a copy of the same class with name, message, stack, code and
   * other plain fields, secrets redacted; an error of this library stays what it is.
   */
  readonly cause?: unknown;
}

/** Every error this library throws on purpose. */
export abstract class FlamingockError extends Error {
  /** Stable, for programs. */
  abstract readonly code: string;
  /** What the run had done when it failed, where there was a run. */
  report?: ExecutionReport;
  /** What to do, one step a line; also part of the message. */
  readonly fix: string[];

  constructor(message: string, { fix = [], cause }: FlamingockErrorDetails = {}) {
    const text = asBlock(message);
    const steps = fix.map((line) => `  - ${visible(line)}`);
    super(steps.length ? `${text}\nTo fix:\n${steps.join('\n')}` : text, {
      cause: publicCause(cause, (error) => error instanceof FlamingockError),
    });
    this.name = new.target.name;
    this.fix = [...fix];
  }
}

/** The changes or the options of the app are faulty; nothing has run. All problems at once. */
export class InvalidChangesError extends FlamingockError {
  readonly code = 'INVALID_CHANGES';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const count = problems.length === 1 ? 'There is 1 problem' : `There are ${problems.length} problems`;
    super(
      `${count} with the changes of this app; nothing has run:\n${problems.map((text) => `  - ${text}`).join('\n')}`,
    );
    this.problems = problems;
  }
}

/** A change failed in this run. */
export class ChangeFailedError extends FlamingockError {
  readonly code = 'CHANGE_FAILED';
}

/** A change is in a state that no rule can decide. Nothing of it and nothing after it has run. */
export class ManualInterventionError extends FlamingockError {
  readonly code = 'MANUAL_INTERVENTION';
}

/** Changes are pending and this process was told to check, not to run them. */
export class PendingChangesError extends FlamingockError {
  readonly code = 'PENDING_CHANGES';
}

/** Another process holds the lease for longer than this one may wait. */
export class LockNotAcquiredError extends FlamingockError {
  readonly code = 'LOCK_NOT_ACQUIRED';
}

/** This process lost the lease; it stopped and wrote nothing more. */
export class LockLostError extends FlamingockError {
  readonly code = 'LOCK_LOST';
}

/** The audit store cannot be read or written. */
export class AuditStoreError extends FlamingockError {
  readonly code = 'AUDIT_STORE';
}

/** The audit log says something that cannot be. */
export class AuditIntegrityError extends FlamingockError {
  readonly code = 'AUDIT_INTEGRITY';
}

/** A stop was asked for; what had begun was ended cleanly and recorded. */
export class InterruptedError extends FlamingockError {
  readonly code = 'INTERRUPTED';
}

/** A target system cannot do what the run needs. */
export class TargetSystemError extends FlamingockError {
  readonly code = 'TARGET_SYSTEM';
}

/** A client was used after its attempt had ended. */
export class AttemptEndedError extends FlamingockError {
  readonly code = 'ATTEMPT_ENDED';
}

/** A statement reached the target system beside the change's transaction. */
export class OutsideTransactionError extends FlamingockError {
  readonly code = 'OUTSIDE_TRANSACTION';
}

/** For audit stores: the fence is not the current one; nothing was written. */
export class StaleFenceError extends FlamingockError {
  readonly code = 'STALE_FENCE';
}

/** For audit stores: the server answered that it will not write; nothing was written. */
export class AppendRefusedError extends FlamingockError {
  readonly code = 'APPEND_REFUSED';
}
