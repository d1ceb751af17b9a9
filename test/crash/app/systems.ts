import type { AuditStore } from '../../../lib/core/model/audit-store.js';
import { isTransactional } from '../../../lib/core/model/strategy.js';
import type { TargetSystem } from '../../../lib/core/model/target-system.js';
import { FileSystemTargetSystem } from '../../../lib/systems/filesystem/index.js';
import { AnnouncedStore } from './announced-store.js';
import { AnnouncedTarget } from './announced-target.js';
import { type Database, openDatabase } from './database.js';
import type { EffectsOf } from './effects.js';
import { folderEffects } from './folder-effects.js';
import type { AppSpec, DatabaseSpec, TargetSpec } from './messages.js';
import type { Announcer } from './steps.js';

/** The live systems of an app. */
export interface Systems {
  readonly store: AuditStore;
  readonly targets: ReadonlyMap<string, TargetSystem>;
  /** How the changes of a target system leave their effects. */
  readonly effects: ReadonlyMap<string, EffectsOf>;
  close(): Promise<void>;
}

interface OpenTarget {
  readonly system: TargetSystem;
  readonly effects: EffectsOf;
}

/** Connects the systems that the spec names, all of them announcing what they do. */
export async function openSystems(spec: AppSpec, steps: Announcer): Promise<Systems> {
  const opened: Database[] = [];
  const connect = async (database: DatabaseSpec): Promise<Database> => {
    const connected = await openDatabase(database);
    opened.push(connected);
    return connected;
  };
  const audit = await connect(spec.audit);
  const targets = new Map<string, TargetSystem>();
  const effects = new Map<string, EffectsOf>();
  for (const [id, target] of Object.entries(spec.targets)) {
    const { system, effects: effectsOf } = await openTarget(id, target, spec.namespace, audit, connect);
    targets.set(id, isTransactional(system) ? new AnnouncedTarget(system, steps) : system);
    effects.set(id, effectsOf);
  }
  return {
    store: new AnnouncedStore(audit.store(spec.namespace), steps),
    targets,
    effects,
    close: async () => void (await Promise.all(opened.map((database) => database.close()))),
  };
}

async function openTarget(
  id: string,
  target: TargetSpec,
  namespace: string,
  audit: Database,
  connect: (database: DatabaseSpec) => Promise<Database>,
): Promise<OpenTarget> {
  if (target.kind === 'folder')
    return { system: new FileSystemTargetSystem(id, { root: target.root }), effects: folderEffects };
  if (target.kind === 'schema-registry')
    return (await import('./registry-effects.js')).openRegistry(id, target);
  if (target.kind === 'kafka') return (await import('./kafka-effects.js')).openKafka(id, target, namespace);
  if (target.kind === 's3') return (await import('./bucket-target.js')).openBucket(id, target.location);
  const database = target.kind === 'database' ? await connect(target.database) : audit;
  return { system: database.target(id), effects: database.effects(namespace) };
}
