import type { ChangeMethod } from '../core/change.js';
import type { TargetSystem } from '../core/target-system.js';
import type { ChangeSite } from './change-site.js';
import { readParameters } from './parameters.js';

/** A method of a change, ready to be called, and what is wrong with its parameters. */
export interface BoundMethod {
  readonly method: ChangeMethod;
  readonly faults: readonly string[];
}

/** Binds a method to its change's instance and its parameters to their sources. Without a target none can be read. */
export async function bindMethod(
  site: ChangeSite,
  name: string,
  target: TargetSystem | undefined,
): Promise<BoundMethod> {
  const { sources, faults } = target ? await readParameters(site, name, target) : { sources: [], faults: [] };
  const invoke: ChangeMethod['invoke'] = async (clients, context) => {
    const method: unknown = Reflect.get(site.instance, name);
    if (typeof method !== 'function') throw new TypeError(`${site.owner.name}.${name} is no longer a method`);
    return Reflect.apply(
      method,
      site.instance,
      sources.map((source) => source(clients, context)),
    ) as unknown;
  };
  return { method: Object.freeze({ name, invoke }), faults };
}
