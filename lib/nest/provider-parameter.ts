import { allProviders, moduleRefOf, type ModuleNode, type Modules } from './container.js';
import { type ClassRef, classThatTakes } from './metadata.js';
import { nameOf } from './names.js';
import type { ReadParameter } from './parameter-source.js';

/** Resolves a provider as the module itself would: its own, those of its imports, the global ones. */
export async function providerParameter(
  type: ClassRef,
  module: ModuleNode,
  modules: Modules,
): Promise<ReadParameter> {
  // Some releases of Nest 11 never answer when asked for a request-scoped provider.
  if (neverSingleton(type, modules))
    return {
      fault: `${nameOf(type)} is request-scoped or depends on something that is; a change runs outside any request`,
    };
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

function neverSingleton(type: ClassRef, modules: Modules): boolean {
  const found = allProviders(modules).filter(({ token }) => token === type);
  return found.length > 0 && found.every(({ wrapper }) => !wrapper.isDependencyTreeStatic());
}

function whyNot(type: ClassRef, module: ModuleNode, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // Nest's own text would name the throw-away class and its only index.
  if (message.includes('resolve dependencies of'))
    return `no provider ${nameOf(type)} that ${module.name} can reach; provide it there or import the module that exports it`;
  return `Nest cannot give ${nameOf(type)}: ${message.split('\n')[0]}`;
}
