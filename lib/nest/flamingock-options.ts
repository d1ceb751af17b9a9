import type { AuditStore } from '../core/audit-store.js';
import type { Duration } from '../core/duration.js';
import type { Injected } from '../core/injected.js';
import type { OutOfOrderPolicy, UnknownChangesPolicy } from '../core/settings.js';
import type { TargetSystem } from '../core/target-system.js';
import type { HistoryImport } from './history-import.js';

/** What the app does with its changes while it boots. */
export type BootstrapMode = 'apply' | 'check' | 'background' | 'skip';

/** Which hook of Nest's does it: `onApplicationBootstrap`, or `onModuleInit`. */
export type RunOn = 'bootstrap' | 'init';

/** How the lock is taken and kept: milliseconds, or a text such as `'30s'`. */
export interface LockOptions {
  /**
   * How long an acquisition or a renewal lasts; after a crash others wait so long. At least `'5s'`.
   *
   * @default '30s'
   */
  readonly lease?: Duration;
  /**
   * How long to wait for another process before giving up.
   *
   * @default '5m'
   */
  readonly wait?: Duration;
  /**
   * First pause between two tries; it grows up to a second.
   *
   * @default '200ms'
   */
  readonly retry?: Duration;
}

/** What `FlamingockModule.forRoot` takes. */
export interface FlamingockOptions {
  /** Where the truth about changes is kept: `new XAuditStore(client)` or `XAuditStore.inject(token?)`. */
  readonly auditStore: AuditStore | Injected<AuditStore>;
  /** What changes act upon: `new XTargetSystem(id, client)` or `XTargetSystem.inject(id, token?)`. */
  readonly targetSystems: readonly (TargetSystem | Injected<TargetSystem>)[];
  /**
   * Names of stages, run in this order; a change without a stage is in the last one.
   *
   * @default ['default']
   */
  readonly stages?: readonly string[];
  /**
   * `'apply'` runs what is pending before the app listens; `'check'` refuses to start when something is pending;
   * `'background'` serves at once and is not ready until all is done; `'skip'` does nothing.
   * The environment variable `FLAMINGOCK_ON_BOOTSTRAP` overrides it.
   *
   * @default 'apply'
   */
  readonly onBootstrap?: BootstrapMode;
  /**
   * When that is done: `'bootstrap'`, before any other module's `onApplicationBootstrap` and after every `onModuleInit`;
   * `'init'`, before other modules' `onModuleInit`, for services that read tables there. Global modules are the exception:
   * Nest calls their hooks in the order in which they are imported.
   *
   * @default 'bootstrap'
   */
  readonly runOn?: RunOn;
  /**
   * The active profiles.
   *
   * @default []
   */
  readonly profiles?: readonly string[];
  /**
   * A pending change stands before an applied one: run it, warn and run it, or fail.
   *
   * @default 'warn'
   */
  readonly outOfOrder?: OutOfOrderPolicy;
  /**
   * The audit names a change that the code lacks.
   *
   * @default 'warn'
   */
  readonly unknownChanges?: UnknownChangesPolicy;
  /**
   * What other tools have applied already: recorded before every run, in this order, until the audit knows it; then it
   * costs one read. A record that is not understood in full is an error, and nothing runs.
   *
   * @default []
   */
  readonly importHistory?: readonly HistoryImport[];
  /** @default { lease: '30s', wait: '5m', retry: '200ms' } */
  readonly lock?: LockOptions;
  /**
   * Who runs the changes, for the audit.
   *
   * @default the OS user
   */
  readonly actor?: string;
  /**
   * Where, for the audit.
   *
   * @default NODE_ENV
   */
  readonly environment?: string;
  /**
   * Which version of the app, for the audit.
   *
   * @default the version in the app's package.json
   */
  readonly appVersion?: string;
  /**
   * On SIGTERM or SIGINT during a run: stop at a safe point and release the lock, then let the signal have its effect.
   *
   * @default true
   */
  readonly stopOnSignals?: boolean;
}
