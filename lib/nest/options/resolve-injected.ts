import { type Injected, isInjected } from '../../core/model/injected.js';
import { allProviders, type FoundProvider, isSingleton, type Modules } from '../explore/container.js';
import { joined, nameOf } from '../names.js';

/** A value, or why there is none. */
export interface Resolved<T> {
  readonly value?: T;
  readonly problems: readonly string[];
}

/** Returns a live value as it is. Makes an injected one from the client that has its token, in whatever module it is. */
export function resolveInjected<T>(value: T | Injected<T>, modules: Modules): Resolved<T> {
  if (!isInjected(value)) return { value, problems: [] };
  const found = allProviders(modules).filter(({ token }) => token === value.token);
  const [first, ...others] = distinct(
    found.filter(({ wrapper }) => wrapper.instance != null && isSingleton(wrapper)),
  );
  if (!first) return { problems: [`${value.label}: ${missing(value.token, found)}`] };
  if (others.length) return { problems: [`${value.label}: ${ambiguous(value.token, [first, ...others])}`] };
  return create(value, first.wrapper.instance);
}

function create<T>(injected: Injected<T>, client: unknown): Resolved<T> {
  try {
    return { value: injected.create(client), problems: [] };
  } catch (error) {
    return { problems: [`${injected.label}: ${error instanceof Error ? error.message : String(error)}`] };
  }
}

/** Aliases and values that are provided again are one instance: they are not ambiguous. */
function distinct(found: readonly FoundProvider[]): FoundProvider[] {
  return [...new Map(found.map((one) => [one.wrapper.instance, one])).values()];
}

function missing(token: unknown, [found]: readonly FoundProvider[]): string {
  if (!found)
    return `no module provides ${nameOf(token)}; import the module that does, or give inject() the token of its client`;
  const why = isSingleton(found.wrapper) ? 'is null or undefined' : 'is request-scoped or transient';
  return `${nameOf(token)} in ${found.module.name} ${why}; provide one instance for the whole app`;
}

function ambiguous(token: unknown, found: readonly FoundProvider[]): string {
  const locations = joined(found.map(({ module }) => module.name));
  return `${nameOf(token)} stands for ${found.length} different instances, in ${locations}; give each a token of its own and name it in inject()`;
}
