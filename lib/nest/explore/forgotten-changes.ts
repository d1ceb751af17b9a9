import { Logger } from '@nestjs/common';
import type { LazyModuleLoader } from '@nestjs/core';
import { type ClassRef, readChange } from '../decorators/metadata.js';
import { joined } from '../names.js';
import { allProviders, type Modules } from './container.js';

/** Instances of changes in apps that have a FlamingockModule. */
const known = new WeakSet<object>();
/** Names of changes in apps without one; they are logged together. */
let forgotten: string[] = [];

/** Remembers the changes that this container holds now. @returns the names of the new ones */
export function noteChanges(modules: Modules): string[] {
  const found = allProviders(modules).flatMap(({ wrapper: { instance } }) =>
    isChange(instance) && !known.has(instance) ? [instance] : [],
  );
  for (const instance of found) known.add(instance);
  return [...new Set(found.map(nameOfClass))];
}

function isChange(instance: unknown): instance is object {
  if (typeof instance !== 'object' || instance === null) return false;
  const owner: unknown = instance.constructor;
  return typeof owner === 'function' && readChange(owner as ClassRef) !== undefined;
}

function nameOfClass({ constructor: { name } }: object): string {
  return name;
}

/** Gives a change class a hook that logs a warning when the app has no FlamingockModule: no other code of this library runs then. */
export function warnWhenForgotten(prototype: object): void {
  if ('onApplicationBootstrap' in prototype) return;
  const value = function (this: object): void {
    if (known.has(this)) return;
    if (!forgotten.length) setImmediate(warnAboutForgotten);
    forgotten.push(nameOfClass(this));
  };
  Object.defineProperty(prototype, 'onApplicationBootstrap', { value, configurable: true, writable: true });
}

function warnAboutForgotten(): void {
  const names = [...new Set(forgotten)];
  forgotten = [];
  new Logger('Flamingock').warn(
    `${joined(names)}: provided in an app that does not import FlamingockModule.forRoot({ … }), so nothing runs or checks them; import it in the root module (with onBootstrap: 'skip' if another process runs them)`,
  );
}

/** Warns about changes in a module that is loaded lazily, after the app was searched for changes: they never run. */
export function watchLazyModules(
  loader: Pick<LazyModuleLoader, 'load'>,
  modules: Modules,
  warn: (text: string) => void,
): void {
  const load = loader.load.bind(loader);
  loader.load = async (...args) => {
    const moduleRef = await load(...args);
    const late = noteChanges(modules);
    if (late.length)
      warn(
        `${joined(late)}: provided in a lazily loaded module, after the app was searched for changes, so this process never runs them; list them in a module that the root module imports`,
      );
    return moduleRef;
  };
}
