import { groupBy } from '../core/group-by.js';
import { type FoundProvider, isSingleton, moduleRefOf, type ModuleNode } from './container.js';
import { type ClassRef, classThatTakes } from './metadata.js';
import { nameOf } from './names.js';
import type { ReadParameter } from './parameter-source.js';

/** Resolves providers as the modules of the changes would; what is one instance anyway is asked for once. */
export class ProviderLookup {
  private readonly byToken: ReadonlyMap<unknown, readonly FoundProvider[]>;
  private readonly resolved = new Map<ModuleNode, Map<ClassRef, Promise<ReadParameter>>>();

  constructor(all: readonly FoundProvider[]) {
    this.byToken = groupBy(all, ({ token }) => token);
  }

  /** Resolves a provider as the module itself would: its own, those of its imports, the global ones. */
  resolve(type: ClassRef, module: ModuleNode): Promise<ReadParameter> {
    const found = this.byToken.get(type) ?? [];
    // Some releases of Nest 11 never answer when asked for a request-scoped provider.
    if (found.length && found.every(({ wrapper }) => !wrapper.isDependencyTreeStatic()))
      return Promise.resolve({
        fault: `${nameOf(type)} is request-scoped or depends on something that is; a change runs outside any request`,
      });
    if (!found.every(({ wrapper }) => isSingleton(wrapper))) return create(type, module);
    const ofModule = this.resolved.get(module) ?? new Map<ClassRef, Promise<ReadParameter>>();
    this.resolved.set(module, ofModule);
    const known = ofModule.get(type) ?? create(type, module);
    ofModule.set(type, known);
    return known;
  }
}

async function create(type: ClassRef, module: ModuleNode): Promise<ReadParameter> {
  const taker = classThatTakes(type);
  Object.defineProperty(taker, 'name', { value: 'a change' });
  try {
    const created = await moduleRefOf(module)?.create(taker);
    if (!created) return { fault: `${module.name} has no ModuleRef` };
    return { source: () => created.value };
  } catch (error) {
    return { fault: whyNot(type, module, error) };
  }
}

function whyNot(type: ClassRef, module: ModuleNode, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // Nest's own text would name the throw-away class and its only index.
  if (message.includes('resolve dependencies of'))
    return `no provider ${nameOf(type)} that ${module.name} can reach; provide it there or import the module that exports it`;
  return `Nest cannot give ${nameOf(type)}: ${message.split('\n')[0]}`;
}
