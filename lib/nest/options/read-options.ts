import { type Duration, parseDuration } from '../../core/model/duration.js';
import type { EngineSettings, LockSettings } from '../../core/model/settings.js';
import {
  type Check,
  checkFields,
  type Checks,
  duration,
  flag,
  isRecord,
  oneOf,
  text,
  texts,
} from './field-checks.js';
import type { BootstrapMode, FlamingockOptions, HistoryImport, RunOn } from './flamingock-options.js';
import { type KnownIdentity, readIdentity } from './identity.js';

/** The options, checked and complete. A faulty option is replaced by its default and listed in `problems`. */
export interface ReadOptions extends Pick<
  EngineSettings,
  'activeProfiles' | 'outOfOrder' | 'unknownChanges' | 'lock' | 'identity'
> {
  readonly auditStore: FlamingockOptions['auditStore'] | undefined;
  readonly targetSystems: FlamingockOptions['targetSystems'];
  readonly stages: readonly string[];
  readonly importHistory: readonly HistoryImport[];
  readonly mode: BootstrapMode;
  readonly runOn: RunOn;
  readonly stopOnSignals: boolean;
  readonly problems: readonly string[];
}

/** The environment variable that overrides `onBootstrap`. */
const MODE_VARIABLE = 'FLAMINGOCK_ON_BOOTSTRAP';

const mode = oneOf('apply', 'check', 'background', 'skip');
/** A shorter lease can run out during a pause of the garbage collector, on a slow disk or on a busy server. */
const LEAST_LEASE = '5s';
const lease: Check = (value) =>
  duration(value) ??
  (parseDuration(value as Duration) < parseDuration(LEAST_LEASE)
    ? `must be at least '${LEAST_LEASE}', not ${JSON.stringify(value)}`
    : undefined);
const LOCK_CHECKS: Checks = { lease, wait: duration, retry: duration };
const LOCK_DEFAULTS = { lease: '30s', wait: '5m', retry: '200ms' };
const IMPORT_CHECKS: Checks = {
  source: (value) =>
    isRecord(value) ? undefined : 'must be a source of history, such as typeOrmMigrations.inject()',
  map: (value) =>
    typeof value === 'function' || isRecord(value)
      ? undefined
      : "must be a function, or an object such as { 'their-name': 'change-id' }",
  allowUnknown: flag,
  allowFailed: flag,
  allowEmpty: flag,
};
const OPTION_CHECKS: Checks = {
  auditStore: (value) => (isRecord(value) ? undefined : 'must be an audit store, or XAuditStore.inject(…)'),
  targetSystems: (value) =>
    Array.isArray(value) && value.every(isRecord)
      ? undefined
      : 'must be a list of target systems, or of XTargetSystem.inject(…)',
  stages: (value) =>
    texts(value) ?? ((value as unknown[]).length ? undefined : 'must name at least one stage'),
  onBootstrap: mode,
  runOn: oneOf('bootstrap', 'init'),
  profiles: texts,
  outOfOrder: oneOf('run', 'warn', 'fail'),
  unknownChanges: oneOf('ignore', 'warn', 'fail'),
  importHistory: (value) =>
    Array.isArray(value) && value.every(isRecord)
      ? undefined
      : 'must be a list such as [{ source: typeOrmMigrations.inject() }]',
  lock: (value) => (isRecord(value) ? undefined : "must be an object such as { lease: '30s' }"),
  actor: text,
  environment: text,
  appVersion: text,
  app: text,
  stopOnSignals: flag,
};

/** Reads the module's options and the environment. Returns every fault; throws nothing. */
export function readOptions(options: FlamingockOptions, environment: NodeJS.ProcessEnv): ReadOptions {
  if (!isRecord(options)) return readOptions({} as FlamingockOptions, environment);
  const sound = soundPart(options, OPTION_CHECKS) as Partial<FlamingockOptions>;
  const override = environment[MODE_VARIABLE] || undefined;
  return {
    auditStore: sound.auditStore,
    targetSystems: sound.targetSystems ?? [],
    stages: sound.stages ?? ['default'],
    importHistory: (sound.importHistory ?? []).filter(({ source }) => isRecord(source)),
    mode: modeOf(override ?? sound.onBootstrap),
    runOn: sound.runOn ?? 'bootstrap',
    activeProfiles: sound.profiles ?? [],
    outOfOrder: sound.outOfOrder ?? 'warn',
    unknownChanges: sound.unknownChanges ?? 'warn',
    lock: readLock(sound.lock ?? {}),
    identity: readIdentity(soundIdentity(sound)),
    stopOnSignals: sound.stopOnSignals ?? true,
    problems: [
      ...faultsOf(options),
      ...(override && mode(override) ? [`${MODE_VARIABLE} ${mode(override)}`] : []),
    ],
  };
}

/** A faulty mode must not count as `'skip'`: then nothing would report it. */
function modeOf(value: string | undefined): BootstrapMode {
  return mode(value) ? 'apply' : (value as BootstrapMode);
}

function faultsOf(options: FlamingockOptions): string[] {
  const missing = (['auditStore', 'targetSystems'] as const).filter((key) => options[key] === undefined);
  return [
    ...missing.map((key) => `${key} is missing`),
    ...checkFields({ ...options }, OPTION_CHECKS),
    ...faultsOfImports(options.importHistory),
    ...(isRecord(options.lock)
      ? checkFields(options.lock, LOCK_CHECKS).map((fault) => `lock: ${fault}`)
      : []),
  ].map((fault) => `FlamingockModule: ${fault}`);
}

function faultsOfImports(imports: unknown): string[] {
  if (!Array.isArray(imports)) return [];
  return imports.filter(isRecord).flatMap((one, index) => {
    const faults = [
      ...(one['source'] === undefined ? ['source is missing'] : []),
      ...checkFields(one, IMPORT_CHECKS),
    ];
    return faults.map((fault) => `importHistory[${index}]: ${fault}`);
  });
}

function readLock(lock: object): LockSettings {
  const times = {
    ...LOCK_DEFAULTS,
    ...(soundPart(lock, LOCK_CHECKS) as Partial<typeof LOCK_DEFAULTS>),
  };
  return {
    leaseMs: parseDuration(times.lease),
    waitMs: parseDuration(times.wait),
    retryMs: parseDuration(times.retry),
  };
}

/** Leaves out undefined members: they would replace the values that are read from the environment. */
function soundIdentity({ actor, environment, appVersion, app }: KnownIdentityOptions): KnownIdentity {
  return {
    ...(actor && { actor }),
    ...(environment && { environment }),
    ...(appVersion && { appVersion }),
    ...(app && { app }),
  };
}

type KnownIdentityOptions = Partial<Pick<FlamingockOptions, 'actor' | 'environment' | 'appVersion' | 'app'>>;

function soundPart(values: object, checks: Checks): object {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([key, value]) => value !== undefined && checks[key]?.(value) === undefined,
    ),
  );
}
