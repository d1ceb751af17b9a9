import { groupBy } from '../../core/model/group-by.js';
import { type ClassRef, readChange, readMethods } from '../decorators/metadata.js';
import { joined } from '../names.js';
import { allProviders, type FoundProvider, isSingleton, type Modules } from './container.js';
import { type ChangeSite, ProviderLookup } from './provider-parameter.js';

/** A change class among the providers. */
export interface FoundChange extends ChangeSite {
  readonly faults: readonly string[];
}

/** The change classes in the container, and the faults of their providers. */
export interface FoundChanges {
  readonly changes: readonly FoundChange[];
  readonly problems: readonly string[];
}

interface Candidate extends FoundProvider {
  readonly owner: ClassRef;
}

/**
 * Finds the change classes among the providers of all modules, by the class of the instance,
 * so that `useFactory` and `useValue` count too.
 */
export function findChanges(modules: Modules): FoundChanges {
  const all = allProviders(modules);
  const providers = new ProviderLookup(all);
  const candidates = all.filter(({ wrapper }) => !wrapper.isAlias).flatMap(withOwner);
  const byOwner = [...groupBy(candidates, ({ owner }) => owner)];
  return {
    changes: byOwner
      .filter(([owner]) => readChange(owner) !== undefined)
      .map(([, found]) => ({ ...foundChange(found), modules, providers })),
    problems: byOwner.flatMap(([owner, found]) => faultsOfUnmarked(owner, found)),
  };
}

function withOwner(found: FoundProvider): Candidate[] {
  const owner = constructorOf(found.wrapper.instance) ?? found.wrapper.metatype;
  const known = isClass(owner) && owner.prototype ? owner : found.token;
  return isClass(known) && typeof known.prototype === 'object' ? [{ ...found, owner: known }] : [];
}

function constructorOf(instance: unknown): unknown {
  return typeof instance === 'object' && instance !== null ? instance.constructor : undefined;
}

function isClass(value: unknown): value is ClassRef {
  return typeof value === 'function';
}

function foundChange(found: readonly Candidate[]): Omit<FoundChange, 'modules' | 'providers'> {
  const one = found.find(({ token, owner }) => token === owner) ?? found[0]!;
  const instances = new Set(found.map(({ wrapper }) => wrapper.instance));
  const locations = joined(found.map(({ module }) => module.name));
  const faults = [
    ...(instances.size > 1
      ? [`it is provided ${found.length} times, in ${locations}; list it in the providers of one module`]
      : []),
    ...(found.every(({ wrapper }) => isSingleton(wrapper))
      ? []
      : [
          'it, or something it injects, is request-scoped or transient; a change needs one instance that lives as long as the app',
        ]),
  ];
  return {
    owner: one.owner,
    instance: one.wrapper.instance as object,
    module: one.module,
    faults,
  };
}

function faultsOfUnmarked(owner: ClassRef, [first]: readonly Candidate[]): string[] {
  if (readChange(owner) !== undefined) return [];
  const location = `${owner.name} in ${first?.module.name}`;
  const [mark] = readMethods(owner);
  if (mark)
    return [
      `${location}: ${mark.name}() is marked as a change's ${mark.role}, but the class has no @Change; write one above it`,
    ];
  const base = changeAbove(owner);
  return base
    ? [
        `${location}: it extends the change ${base.name}, but has no @Change of its own and would never run; write one above it`,
      ]
    : [];
}

function changeAbove(owner: ClassRef): ClassRef | undefined {
  const base: unknown = Object.getPrototypeOf(owner);
  if (!isClass(base) || base === Function.prototype) return undefined;
  return readChange(base) !== undefined ? base : changeAbove(base);
}
