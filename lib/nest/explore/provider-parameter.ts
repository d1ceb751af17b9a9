import type { ChangeContext } from '../../core/model/change.js';
import { groupBy } from '../../core/model/group-by.js';
import type { Clients } from '../../core/model/target-system.js';
import { type ClassRef, classThatTakes } from '../decorators/metadata.js';
import { nameOf } from '../names.js';
import { type FoundProvider, isSingleton, type ModuleNode, moduleRefOf, type Modules } from './container.js';

/** Where the value of a method parameter comes from once the method is called. */
export type ParameterSource = (clients: Clients, context: ChangeContext) => unknown;

/** The source of a parameter, or its fault and what to write instead. */
export type ReadParameter = { readonly source: ParameterSource } | { readonly fault: string };

/** A change class, and where Nest holds it. */
export interface ChangeSite {
  readonly owner: ClassRef;
  readonly instance: object;
  readonly module: ModuleNode;
  /** The container; it identifies the app when a process has several. */
  readonly modules: Modules;
  readonly providers: ProviderLookup;
}

/** Resolves providers as the modules of the changes do. A singleton is resolved once. */
export class ProviderLookup {
  readonly #byToken: ReadonlyMap<unknown, readonly FoundProvider[]>;
  readonly #resolved = new Map<ModuleNode, Map<ClassRef, Promise<ReadParameter>>>();

  constructor(all: readonly FoundProvider[]) {
    this.#byToken = groupBy(all, ({ token }) => token);
  }

  /** Resolves a provider as the module itself does: from its own providers, its imports and global modules. */
  resolve(type: ClassRef, module: ModuleNode): Promise<ReadParameter> {
    const found = this.#byToken.get(type) ?? [];
    // Some releases of Nest 11 never answer when asked for a request-scoped provider.
    if (found.length && found.every(({ wrapper }) => !wrapper.isDependencyTreeStatic()))
      return Promise.resolve({
        fault: `${nameOf(type)} is request-scoped or depends on something that is; a change runs outside any request`,
      });
    if (!found.every(({ wrapper }) => isSingleton(wrapper))) return create(type, module);
    const ofModule = this.#resolved.get(module) ?? new Map<ClassRef, Promise<ReadParameter>>();
    this.#resolved.set(module, ofModule);
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
  // Nest's own message names the class that only serves to resolve the provider.
  if (message.includes('resolve dependencies of'))
    return `no provider ${nameOf(type)} that ${module.name} can reach; provide it there or import the module that exports it`;
  return `Nest cannot give ${nameOf(type)}: ${message.split('\n')[0]}`;
}
