import { ModuleRef } from '@nestjs/core';

/** The members of Nest's InstanceWrapper that we use; they are the same on every supported Nest release. */
export interface ProviderWrapper {
  readonly instance: unknown;
  readonly isAlias: boolean;
  readonly isTransient: boolean;
  readonly metatype: unknown;
  isDependencyTreeStatic(): boolean;
}

/** The members of Nest's Module that we use. */
export interface ModuleNode {
  readonly name: string;
  readonly metatype: unknown;
  readonly providers: ReadonlyMap<unknown, ProviderWrapper>;
}

/** The members of Nest's ModulesContainer that we use. */
export type Modules = ReadonlyMap<string, ModuleNode>;

/** A provider, and the module that declares it. */
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

/** True for a provider with one instance for the life of the app: not transient, not request-scoped, not dependent on anything request-scoped. */
export function isSingleton(wrapper: ProviderWrapper): boolean {
  return !wrapper.isTransient && wrapper.isDependencyTreeStatic();
}

/** The ModuleRef of the module: it resolves providers as the module itself does. */
export function moduleRefOf(module: ModuleNode): ModuleRef | undefined {
  const instance = module.providers.get(ModuleRef)?.instance;
  return instance instanceof ModuleRef ? instance : undefined;
}
