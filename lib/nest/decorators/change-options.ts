import type { RecoveryStrategy } from '../../core/model/audit-entry.js';
import type { OutsideTransactionPolicy } from '../../core/model/target-system.js';
import type { Duration } from '../../core/model/duration.js';

/** What `@Change` takes. */
export interface ChangeOptions {
  /** Unique in the app and kept for ever in the audit: never change it once it has run. */
  readonly id: string;
  /** Position within the stage, compared as text; at least 4 characters of `A-Z a-z 0-9 _ . -`. */
  readonly order: string;
  /** Who wrote it. */
  readonly author: string;
  /** Id of the target system that it changes. */
  readonly targetSystem: string;
  /**
   * `false` runs it outside the target's transaction (`CREATE INDEX CONCURRENTLY`); it then needs a `@Rollback`.
   *
   * @default what the target system can
   */
  readonly transactional?: boolean;
  /**
   * What the next run does with an attempt that ended without a known result and had no transaction.
   *
   * @default 'manual-intervention'
   */
  readonly recovery?: RecoveryStrategy;
  /**
   * A name from the module's `stages`.
   *
   * @default the last stage
   */
  readonly stage?: string;
  /**
   * Run only where one of these profiles is active; `'!prod'` excludes.
   *
   * @default always
   */
  readonly profiles?: readonly string[];
  /**
   * `'30s'`, `'5m'` or milliseconds. When it has passed, the signal of the change fires and the change fails.
   *
   * @default none
   */
  readonly timeout?: Duration;
  /**
   * `'none'`: the change has no `@Rollback`, on purpose.
   *
   * @default a `@Rollback` is needed where no transaction can undo the change
   */
  readonly rollback?: 'none';
  /**
   * What to do with a statement that reaches the target system outside the change's transaction (a repository that is injected
   * in the constructor uses another connection): `'fail'` the change and name the statement, or `'allow'` it.
   *
   * @default 'fail'
   */
  readonly outsideTransaction?: OutsideTransactionPolicy;
  /**
   * Kept in the audit.
   *
   * @default none
   */
  readonly description?: string;
  /**
   * Kept in the audit.
   *
   * @default none
   */
  readonly ticket?: string;
  /**
   * Kept in the audit; must be plain JSON.
   *
   * @default none
   */
  readonly metadata?: Readonly<Record<string, unknown>>;
}
