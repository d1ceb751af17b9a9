import { DataSource } from 'typeorm';
import type { AuditStore } from '../../../lib/core/audit-store.js';
import { isTransactional } from '../../../lib/core/strategy.js';
import type { TargetSystem } from '../../../lib/core/target-system.js';
import { FileSystemTargetSystem } from '../../../lib/systems/filesystem/index.js';
import { TypeOrmAuditStore, TypeOrmTargetSystem } from '../../../lib/systems/typeorm/index.js';
import { AnnouncedStore } from './announced-store.js';
import { AnnouncedTarget } from './announced-target.js';
import type { EffectsOf } from './effects.js';
import { folderEffects } from './folder-effects.js';
import type { AppSpec, TargetSpec } from './messages.js';
import type { Steps } from './steps.js';
import { tableEffects } from './table-effects.js';

/** The live systems of an app. */
export interface Systems {
  readonly store: AuditStore;
  readonly targets: ReadonlyMap<string, TargetSystem>;
  /** How the changes of a target system leave their effects. */
  readonly effects: ReadonlyMap<string, EffectsOf>;
  close(): Promise<void>;
}

/** Connects the systems that the spec names, all of them announcing what they do. */
export async function openSystems(spec: AppSpec, steps: Steps): Promise<Systems> {
  const sources: DataSource[] = [];
  const connect = async (options: AppSpec['audit']): Promise<DataSource> => {
    const source = await new DataSource(options).initialize();
    sources.push(source);
    return source;
  };
  const audit = await connect(spec.audit);
  const targets = new Map<string, TargetSystem>();
  for (const [id, target] of Object.entries(spec.targets)) {
    const made = await openTarget(id, target, audit, connect);
    targets.set(id, isTransactional(made) ? new AnnouncedTarget(made, steps) : made);
  }
  return {
    store: new AnnouncedStore(new TypeOrmAuditStore(audit, { namespace: spec.namespace }), steps),
    targets,
    effects: new Map(
      Object.entries(spec.targets).map(([id, target]) => [id, effectsIn(target, spec.namespace)]),
    ),
    close: async () => void (await Promise.all(sources.map((source) => source.destroy()))),
  };
}

async function openTarget(
  id: string,
  target: TargetSpec,
  audit: DataSource,
  connect: (options: AppSpec['audit']) => Promise<DataSource>,
): Promise<TargetSystem> {
  if (target.kind === 'folder') return new FileSystemTargetSystem(id, { root: target.root });
  return new TypeOrmTargetSystem(
    id,
    target.kind === 'database' ? await connect(target.options) : audit,
    LOCK_WAIT,
  );
}

/** Short, so that a wait for a stopped process is over soon. */
const LOCK_WAIT = { lockWait: '1s' } as const;

function effectsIn(target: TargetSpec, namespace: string): EffectsOf {
  return target.kind === 'folder' ? folderEffects : tableEffects(namespace);
}
