import { SchemaRegistryClient } from '@confluentinc/schemaregistry/dist/schemaregistry-client.js';
import type { Clients, TargetSystem } from '../../../lib/core/model/target-system.js';
import {
  type SchemaRegistry,
  SchemaRegistryTargetSystem,
} from '../../../lib/systems/schema-registry/index.js';
import type { Effects, EffectsOf } from './effects.js';

const PART = { schema: { type: 'record', name: 'Part', fields: [] } };

/** A registry as a target system, and effects as subjects: `<prefix><change>/<part>#<attempt>`. */
export function openRegistry(
  id: string,
  { url, prefix }: { readonly url: string; readonly prefix: string },
): { readonly system: TargetSystem; readonly effects: EffectsOf } {
  const system = new SchemaRegistryTargetSystem(id, new SchemaRegistryClient({ baseURLs: [url] }));
  return {
    system,
    effects: (clients, changeId) => new RegistryEffects(clients, `${prefix}${changeId}/`),
  };
}

class RegistryEffects implements Effects {
  readonly #registry: SchemaRegistry;
  readonly #library: SchemaRegistryClient;

  constructor(
    [main, library]: Clients,
    private readonly location: string,
  ) {
    this.#registry = main.instance as SchemaRegistry;
    this.#library = library?.instance as SchemaRegistryClient;
  }

  async add(part: string, attempt: number): Promise<void> {
    await this.#registry.register(`${this.location}${part}#${attempt}`, PART);
  }

  async remove(part: string): Promise<void> {
    for (const name of await this.#names())
      if (name.startsWith(`${part}#`)) await this.#registry.deleteSubject(`${this.location}${name}`);
  }

  async parts(): Promise<ReadonlySet<string>> {
    const names = await this.#names();
    return new Set(names.map((name) => name.slice(0, name.indexOf('#'))));
  }

  async createTable(): Promise<void> {
    throw new Error('a registry has no tables');
  }

  async #names(): Promise<readonly string[]> {
    const subjects = await this.#library.getAllSubjects();
    return subjects.flatMap((subject) =>
      subject.startsWith(this.location) ? [subject.slice(this.location.length)] : [],
    );
  }
}
