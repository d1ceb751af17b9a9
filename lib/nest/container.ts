import { ModuleRef } from '@nestjs/core';

/** What is needed of Nest's InstanceWrapper; the same on every Nest release we support. */
export interface ProviderWrapper {
  readonly instance: unknown;
  readonly isAlias: boolean;
  readonly isTransient: boolean;
  readonly metatype: unknown;
  isDependencyTreeStatic(): boolean;
}

/** What is needed of Nest's Module. */
export interface ModuleNode {
  readonly name: string;
  readonly metatype: unknown;
  readonly providers: ReadonlyMap<unknown, ProviderWrapper>;
}

/** What is needed of Nest's ModulesContainer. */
export type Modules = ReadonlyMap<string, ModuleNode>;

/** A provider, and where it is. */
export interface FoundProvider {
  readonly token: unknown;
  readonly wrapper: ProviderWrapper;
  readonly module: ModuleNode;
}

/** Every provider of every module, aliases included. */
export function allProviders(modules: Modules): FoundProvider[] {
  return [...modules.values()].flatMap((module) =>
    [...module.providers].map(([token, wrapper]) => ({ token, wrapper, module })),
  );
}

/** One instance for the life of the app: neither request-scoped, nor dependent on something that is, nor transient. */
export function isSingleton(wrapper: ProviderWrapper): boolean {
  return !wrapper.isTransient && wrapper.isDependencyTreeStatic();
}

/** The ModuleRef that resolves as the module itself would. */
export function moduleRefOf(module: ModuleNode): ModuleRef | undefined {
  const instance = module.providers.get(ModuleRef)?.instance;
  return instance instanceof ModuleRef ? instance : undefined;
}
