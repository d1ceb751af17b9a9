import { sortChanges, validateChanges } from '../../core/engine/validate.js';
import type { AuditStore } from '../../core/model/audit-store.js';
import type { ChangeDefinition } from '../../core/model/change.js';
import { isInjected } from '../../core/model/injected.js';
import type { EngineSettings, HistoryToImport } from '../../core/model/settings.js';
import type { TargetSystem } from '../../core/model/target-system.js';
import type { Modules } from '../explore/container.js';
import { explore } from '../explore/explorer.js';
import { systemClock } from '../system-clock.js';
import { FLAMINGOCK_OPTIONS, type HistoryImport } from './flamingock-options.js';
import type { ReadOptions } from './read-options.js';
import { type Resolved, resolveInjected } from './resolve-injected.js';

/** The settings of the engine, or the problems that prevent them. */
export type GatheredSettings =
  { readonly settings: EngineSettings } | { readonly problems: readonly string[] };

/** Makes the settings of the engine from options and container. Calls no store and no target system. */
export async function gatherSettings(
  options: ReadOptions,
  modules: Modules,
  world: Pick<EngineSettings, 'emit' | 'loggerFor'>,
): Promise<GatheredSettings> {
  const store: Resolved<AuditStore> = options.auditStore
    ? resolveInjected(options.auditStore, modules)
    : { problems: [] };
  const systems = options.targetSystems.map((system) => resolveInjected(system, modules));
  const imports = options.importHistory.map((wanted) => resolveImport(wanted, modules));
  const targets = systems.flatMap(({ value }) => (value ? [value] : []));
  const explored = await explore(modules, { stages: options.stages, targets });
  const problems = [
    ...options.problems,
    ...repeatedModule(modules),
    ...store.problems,
    ...systems.flatMap((system) => system.problems),
    ...imports.flatMap((wanted) => wanted.problems),
    ...explored.problems,
    ...validateChanges(explored.changes, {
      stages: options.stages,
      targets: [...targets, ...standIns(explored.changes, options, systems)],
    }),
  ];
  if (problems.length || !store.value) return { problems };
  return {
    settings: {
      ...settingsOf(options, store.value, targets, world),
      changes: sortChanges(explored.changes, options.stages),
      imports: imports.flatMap(({ value }) => value ?? []),
    },
  };
}

function settingsOf(
  { activeProfiles, outOfOrder, unknownChanges, lock, identity }: ReadOptions,
  store: AuditStore,
  targets: readonly TargetSystem[],
  world: Pick<EngineSettings, 'emit' | 'loggerFor'>,
): Omit<EngineSettings, 'changes' | 'imports'> {
  const byId = new Map(targets.map((target) => [target.id, target]));
  const policies = { activeProfiles, outOfOrder, unknownChanges };
  return { ...world, ...policies, store, targets: byId, lock, clock: systemClock, identity };
}

function resolveImport({ source, ...rules }: HistoryImport, modules: Modules): Resolved<HistoryToImport> {
  const { value, problems } = resolveInjected(source, modules);
  return { ...(value && { value: { source: value, rules } }), problems };
}

/** Two modules would each run every change, each with only its own target systems. */
function repeatedModule(modules: Modules): string[] {
  const locations = [...modules.values()].filter(({ providers }) => providers.has(FLAMINGOCK_OPTIONS));
  if (locations.length < 2) return [];
  return [
    `FlamingockModule is configured ${locations.length} times; call forRoot or forRootAsync once and import its result`,
  ];
}

/** Replaces target systems that could not be injected, so that their changes are not reported as well. */
function standIns(
  changes: readonly ChangeDefinition[],
  { targetSystems }: ReadOptions,
  resolved: readonly Resolved<TargetSystem>[],
): TargetSystem[] {
  const labels = targetSystems.flatMap((system, index) =>
    isInjected(system) && !resolved[index]?.value ? [system.label] : [],
  );
  const ids = new Set(changes.map(({ targetSystem }) => targetSystem));
  return [...ids].filter((id) => labels.some((label) => label.includes(`'${id}'`))).map(standIn);
}

function standIn(id: string): TargetSystem {
  const refuse = () => Promise.reject(new Error(`The target system '${id}' could not be injected.`));
  return {
    id,
    kind: 'not injected',
    transactional: true,
    clients: () => [{ token: id, instance: undefined }],
    connect: refuse,
  };
}
