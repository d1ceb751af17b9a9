import { publicCause } from './public-cause.js';
import type { ExecutionReport } from './report.js';
import { toldStack } from './told-stack.js';
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

/**
 * Every error this library throws on purpose.
 *
 * Printed, it says everything once: what happened, what to do, and where in the app's code. `cause`, `fix` and `report` are for
 * programs; a console, or Node.js at the end of a process, does not print them again.
 */
export abstract class FlamingockError extends Error {
  /** Stable, for programs. */
  abstract readonly code: string;
  readonly #fix: readonly string[];
  #report: ExecutionReport | undefined;

  constructor(message: string, { fix = [], cause }: FlamingockErrorDetails = {}) {
    const text = asBlock(message);
    const steps = fix.map((line) => `  - ${visible(line)}`);
    super(steps.length ? `${text}\nTo fix:\n${steps.join('\n')}` : text);
    this.name = new.target.name;
    this.#fix = [...fix];
    if (cause !== undefined)
      tellCause(
        this,
        publicCause(cause, (error) => error instanceof FlamingockError),
      );
  }

  /** What to do, one step a line; also part of the message. */
  get fix(): string[] {
    return [...this.#fix];
  }

  /** What the run had done when it failed, where there was a run. */
  get report(): ExecutionReport | undefined {
    return this.#report;
  }

  set report(report: ExecutionReport | undefined) {
    this.#report = report;
  }
}

/** The cause as a getter: what prints an error prints the value of a plain `cause`, with all that a driver has hung on it. */
function tellCause(error: Error, cause: unknown): void {
  Object.defineProperty(error, 'cause', { get: () => cause, configurable: true });
  try {
    error.stack = toldStack(`${error.name}: ${error.message}`, error.stack ?? '', cause);
  } catch {
    // Whatever a strange cause does to whoever looks at it: this error is the one to be told.
  }
}

/** The changes or the options of the app are faulty; nothing has run. All problems at once. */
export class InvalidChangesError extends FlamingockError {
  readonly code = 'INVALID_CHANGES';
  readonly #problems: readonly string[];

  constructor(problems: readonly string[]) {
    const count = problems.length === 1 ? 'There is 1 problem' : `There are ${problems.length} problems`;
    super(
      `${count} with the changes of this app; nothing has run:\n${problems.map((text) => `  - ${text}`).join('\n')}`,
    );
    this.#problems = problems;
  }

  /** One sentence each; also part of the message. */
  get problems(): readonly string[] {
    return this.#problems;
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

/** A target system has seen more of the audit than the audit store knows: the store was restored from a backup, or is a copy. */
export class AuditStoreBehindError extends FlamingockError {
  readonly code = 'AUDIT_STORE_BEHIND';
}

/** A stop was asked for; what had begun was ended cleanly and recorded. */
export class InterruptedError extends FlamingockError {
  readonly code = 'INTERRUPTED';
}

/** A target system cannot do what the run needs. */
export class TargetSystemError extends FlamingockError {
  readonly code = 'TARGET_SYSTEM';
}

/** A call would have waited for the very thing that it was made in. */
export class WaitsForItselfError extends FlamingockError {
  readonly code = 'WAITS_FOR_ITSELF';
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
