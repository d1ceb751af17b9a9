import type { FactoryProvider, ModuleMetadata, Provider, Type } from '@nestjs/common';
import type { AuditStore } from '../../core/model/audit-store.js';
import type { Duration } from '../../core/model/duration.js';
import type { HistorySource, ImportRules } from '../../core/model/history-source.js';
import type { Injected } from '../../core/model/injected.js';
import type { OutOfOrderPolicy, UnknownChangesPolicy } from '../../core/model/settings.js';
import type { TargetSystem } from '../../core/model/target-system.js';

/** The injection token of the options of `FlamingockModule`. */
export const FLAMINGOCK_OPTIONS = Symbol('FLAMINGOCK_OPTIONS');

/** Another tool's record, to be imported before the changes run. */
export interface HistoryImport extends ImportRules {
  /** For example `typeOrmMigrations.inject()` of `nestjs-flamingock/typeorm`, or a live source. */
  readonly source: HistorySource | Injected<HistorySource>;
}

/** What the app does with its changes while it boots. */
export type BootstrapMode = 'apply' | 'check' | 'background' | 'skip';

/** The Nest hook that does it: `onApplicationBootstrap` or `onModuleInit`. */
export type RunOn = 'bootstrap' | 'init';

/** How the lock is taken and kept: milliseconds, or a text such as `'30s'`. */
export interface LockOptions {
  /**
   * How long the lock is held after it was taken or renewed. After a crash, other processes wait this long. At least `'5s'`.
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
   * The first pause between two attempts to take the lock. It grows up to a second.
   *
   * @default '200ms'
   */
  readonly retry?: Duration;
}

/** What `FlamingockModule.forRoot` takes. */
export interface FlamingockOptions {
  /** Where changes are recorded: `new XAuditStore(client)` or `XAuditStore.inject(token?)`. */
  readonly auditStore: AuditStore | Injected<AuditStore>;
  /** The systems that changes act on: `new XTargetSystem(id, client)` or `XTargetSystem.inject(id, token?)`. */
  readonly targetSystems: readonly (TargetSystem | Injected<TargetSystem>)[];
  /**
   * Names of stages, which run in this order. A change without a stage is in the last one.
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
   * When the changes run: `'bootstrap'`, before any other module's `onApplicationBootstrap` and after every `onModuleInit`;
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
   * What to do when a pending change comes before an applied one: run it, warn and run it, or fail.
   *
   * @default 'warn'
   */
  readonly outOfOrder?: OutOfOrderPolicy;
  /**
   * What to do when the audit names a change that the code lacks.
   *
   * @default 'warn'
   */
  readonly unknownChanges?: UnknownChangesPolicy;
  /**
   * Records of other tools, imported in this order before every run that has something to do. When a record cannot be understood
   * in full, nothing runs.
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
   * The name of the environment, for the audit.
   *
   * @default NODE_ENV
   */
  readonly environment?: string;
  /**
   * The version of the app, for the audit.
   *
   * @default the version in the app's package.json
   */
  readonly appVersion?: string;
  /**
   * Name of the app, for the audit. Apps that share their changes share a namespace; a change that another app has recorded
   * under the same id with another definition is an error before anything runs.
   *
   * @default the name in the app's package.json
   */
  readonly app?: string;
  /**
   * On SIGTERM or SIGINT during a run: stop at a safe point and release the lock, then let the signal have its effect. A
   * second one ends the process at once, whoever else listens for it.
   *
   * @default true
   */
  readonly stopOnSignals?: boolean;
}

/** A class that makes the module's options. */
export interface FlamingockOptionsFactory {
  createFlamingockOptions(): FlamingockOptions | Promise<FlamingockOptions>;
}

/** What `FlamingockModule.forRootAsync` takes: exactly one of `useFactory`, `useClass`, `useExisting`. */
export interface FlamingockAsyncOptions {
  /**
   * Modules whose providers the factory needs.
   *
   * @default []
   */
  readonly imports?: ModuleMetadata['imports'];
  /**
   * What `useFactory` is called with.
   *
   * @default []
   */
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory?: FactoryProvider<FlamingockOptions | Promise<FlamingockOptions>>['useFactory'];
  readonly useClass?: Type<FlamingockOptionsFactory>;
  readonly useExisting?: Type<FlamingockOptionsFactory>;
  /**
   * Providers that the factory needs and no module has.
   *
   * @default []
   */
  readonly extraProviders?: readonly Provider[];
}
