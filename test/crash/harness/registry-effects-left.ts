import { serverUrl } from '../../support/databases.js';
import type { TargetSpec } from '../app/messages.js';

type RegistryTarget = Extract<TargetSpec, { kind: 'schema-registry' }>;

/** The shared registry; the subjects of a scenario begin with its namespace. */
export function registryTarget(namespace: string): RegistryTarget {
  return { kind: 'schema-registry', url: serverUrl('schema-registry'), prefix: `${namespace}.` };
}

/** What there is of the effects: `change/part#attempt`. */
export async function leftInRegistry({ url, prefix }: RegistryTarget): Promise<string[]> {
  const answer = await fetch(`${url}/subjects`);
  const subjects = (await answer.json()) as string[];
  return subjects
    .filter((subject) => subject.startsWith(prefix))
    .map((subject) => subject.slice(prefix.length))
    .sort();
}
