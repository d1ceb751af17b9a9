import type { ChangeMethod } from '../core/change.js';
import type { TargetSystem } from '../core/target-system.js';
import type { ChangeSite } from './change-site.js';
import { insideChange } from './inside-change.js';
import { readParameters, type ReadParameters } from './parameters.js';

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

/** A target system that cannot tell its clients is one more problem, not the end of looking for others. */
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
