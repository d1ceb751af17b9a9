import { asBlock, visible } from '../text/printable.js';
import { publicCause } from '../text/public-cause.js';
import { publicStack } from '../text/public-stack.js';
import { redact } from '../text/redact.js';
import type { ExecutionReport } from './report.js';

/** What an error has besides its message. */
export interface FlamingockErrorDetails {
  /** What to do, one step a line. */
  readonly fix?: readonly string[];
  /**
   * The error that caused it. The `cause` of the new error is safe to print: a copy of the same class with name, message, stack,
   * code and other plain fields, secrets redacted. An error of this library is not copied.
   */
  readonly cause?: unknown;
}

/**
 * The base class of all errors that this library throws.
 *
 * Printed, it says everything once: what happened, what to do, and where in the app's code. `cause`, `fix` and `report` are for
 * programs: neither a console nor Node.js prints them again.
 */
export abstract class FlamingockError extends Error {
  /** Stable, for programs. */
  abstract readonly code: string;
  readonly #fix: readonly string[];
  #report: ExecutionReport | undefined;

  constructor(message: string, { fix = [], cause }: FlamingockErrorDetails = {}) {
    // The message may repeat texts of a server.
    const text = asBlock(redact(message, Infinity));
    const steps = fix.map((line) => `  - ${visible(line)}`);
    super(steps.length ? `${text}\nTo fix:\n${steps.join('\n')}` : text);
    this.name = new.target.name;
    this.#fix = [...fix];
    if (cause !== undefined)
      setCause(
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

/** Makes the cause a getter: consoles print the value of a plain `cause`, and it is in the stack already. */
function setCause(error: Error, cause: unknown): void {
  Object.defineProperty(error, 'cause', { get: () => cause, configurable: true });
  try {
    error.stack = publicStack(`${error.name}: ${error.message}`, error.stack ?? '', cause);
  } catch {
    // A cause whose getters throw must not hide this error.
  }
}

/** The changes or the options of the app are faulty; nothing has run. Lists all problems. */
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

/** A change needs the decision of a person. Neither it nor any change after it has run. */
export class ManualInterventionError extends FlamingockError {
  readonly code = 'MANUAL_INTERVENTION';
}

/** Changes are pending, and this process only checks them. */
export class PendingChangesError extends FlamingockError {
  readonly code = 'PENDING_CHANGES';
}

/** Another process holds the lock for longer than this one may wait. */
export class LockNotAcquiredError extends FlamingockError {
  readonly code = 'LOCK_NOT_ACQUIRED';
}

/** This process lost the lock; it stopped and wrote nothing more. */
export class LockLostError extends FlamingockError {
  readonly code = 'LOCK_LOST';
}

/** The audit store cannot be read or written. */
export class AuditStoreError extends FlamingockError {
  readonly code = 'AUDIT_STORE';
}

/** The audit is inconsistent: entries were removed, added or altered. */
export class AuditIntegrityError extends FlamingockError {
  readonly code = 'AUDIT_INTEGRITY';
}

/** A target system has seen more of the audit than the audit store has: the store was restored from a backup, or is a copy. */
export class AuditStoreBehindError extends FlamingockError {
  readonly code = 'AUDIT_STORE_BEHIND';
}

/** A stop was asked for; the running change was ended cleanly and recorded. */
export class InterruptedError extends FlamingockError {
  readonly code = 'INTERRUPTED';
}

/** A target system cannot do what a run or a change needs. */
export class TargetSystemError extends FlamingockError {
  readonly code = 'TARGET_SYSTEM';
}

/** A call would wait for the change or the hook that makes it, and so for ever. */
export class WaitsForItselfError extends FlamingockError {
  readonly code = 'WAITS_FOR_ITSELF';
}

/** A client was used after its attempt had ended. */
export class AttemptEndedError extends FlamingockError {
  readonly code = 'ATTEMPT_ENDED';
}

/** A statement reached the target system outside the change's transaction. */
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
