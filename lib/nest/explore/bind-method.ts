import type { ChangeMethod } from '../../core/model/change.js';
import type { TargetSystem } from '../../core/model/target-system.js';
import { insideChange } from './inside-change.js';
import { readParameters, type ReadParameters } from './parameters.js';
import type { ChangeSite } from './provider-parameter.js';

/** A method of a change, ready to be called, and the faults of its parameters. */
export interface BoundMethod {
  readonly method: ChangeMethod;
  readonly faults: readonly string[];
}

/** Binds a method to its change's instance and its parameters to their sources. Without a target, no parameter is read. */
export async function bindMethod(
  site: ChangeSite,
  name: string,
  target: TargetSystem | undefined,
): Promise<BoundMethod> {
  const { sources, faults } = target ? await readSafely(site, name, target) : { sources: [], faults: [] };
  const invoke: ChangeMethod['invoke'] = async (clients, context) => {
    const method: unknown = Reflect.get(site.instance, name);
    if (typeof method !== 'function') throw new TypeError(`${site.owner.name}.${name} is no longer a method`);
    const values = sources.map((source) => source(clients, context));
    return insideChange(
      site.modules,
      `'${context.changeId}' (${site.owner.name}.${name})`,
      () => Reflect.apply(method, site.instance, values) as unknown,
    );
  };
  return { method: Object.freeze({ name, invoke }), faults };
}

/** A target system whose `clients()` throws is reported as a fault, so that the search for other faults goes on. */
async function readSafely(site: ChangeSite, name: string, target: TargetSystem): Promise<ReadParameters> {
  try {
    return await readParameters(site, name, target);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return {
      sources: [],
      faults: [`the parameters of ${name}() cannot be resolved on '${target.id}': ${message}`],
    };
  }
}
