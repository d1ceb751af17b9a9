import type { RecoveryStrategy } from './audit-entry.js';
import type { Clients, OutsideTransactionPolicy } from './target-system.js';

/** Where a change's log lines go. */
export interface ChangeLogger {
  log(message: string): void;
  warn(message: string): void;
  error(message: string): void;
  debug(message: string): void;
}

/**
 * What a change knows about its own execution.
 *
 * A class, because the type of a method parameter must exist at run time.
 */
export abstract class ChangeContext {
  abstract readonly changeId: string;
  abstract readonly executionId: string;
  /** 1 for the first attempt. */
  abstract readonly attempt: number;
  /** True in a preview. A change that does something without the clients of its target system skips it then. */
  readonly isPreview?: boolean;
  /** Fires when a stop was asked for, the lease is lost or the change's timeout has passed. */
  abstract readonly signal: AbortSignal;
  abstract readonly logger: ChangeLogger;
  /** Reports how far the change has come. */
  abstract progress(done: number, total?: number, note?: string): void;
}

/** A method of a change. Its parameters are already resolved, except for the clients of the attempt. */
export interface ChangeMethod {
  readonly name: string;
  invoke(clients: Clients, context: ChangeContext): Promise<unknown>;
}

/** What `@Verify` answers: is the change in effect? */
export type Verdict = boolean | 'unknown';

/** A change as the engine sees it: plain values, without types of the framework that it comes from. */
export interface ChangeDefinition {
  readonly id: string;
  readonly order: string;
  readonly author: string;
  readonly targetSystem: string;
  readonly stage: string;
  /** Absent: true where the target system has transactions. */
  readonly transactional?: boolean;
  readonly recovery: RecoveryStrategy;
  /** Empty: always. A name with a leading `!` excludes. */
  readonly profiles: readonly string[];
  readonly timeoutMs?: number;
  readonly outsideTransaction: OutsideTransactionPolicy;
  readonly description: string | null;
  readonly ticket: string | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly className: string;
  /** Where it is declared, for people: the module's name. */
  readonly origin: string;
  readonly apply: ChangeMethod;
  /** Absent without `@Rollback`. */
  readonly rollback?: ChangeMethod;
  /** True when the change says `rollback: 'none'`. */
  readonly withoutRollback: boolean;
  readonly verify?: ChangeMethod;
}
