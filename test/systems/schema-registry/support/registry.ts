import { randomUUID } from 'node:crypto';
import { SchemaRegistryClient } from '@confluentinc/schemaregistry/dist/schemaregistry-client.js';
import type { ClientConfig } from '@confluentinc/schemaregistry';
import { serverUrl } from '../../../support/databases.js';

// The package's own door loads the clients of five clouds, which takes seconds; the class is the same.
export { SchemaRegistryClient };

export const url = (): string => serverUrl('schema-registry');

/** A client that does not try again for long. */
export function connect(config: Partial<ClientConfig> = {}): SchemaRegistryClient {
  return new SchemaRegistryClient({ baseURLs: [url()], maxRetries: 1, retriesWaitMs: 20, ...config });
}

/** A subject that no other test has. */
export function newSubject(name = 'orders'): string {
  return `${name}-${randomUUID()}-value`;
}

/** An Avro schema of a user, with these fields beside the id. */
export function userSchema(...fields: readonly { name: string; type: string; default?: unknown }[]) {
  return {
    schema: { type: 'record', name: 'User', fields: [{ name: 'id', type: 'string' }, ...fields] },
  };
}

/** Asks the registry around any client. @returns the answer, or undefined where it says that there is none */
export async function ask<T>(path: string, method = 'GET', body?: unknown): Promise<T | undefined> {
  const answer = await fetch(`${url()}${path}`, {
    method,
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** Registers a schema around any client. */
export async function put(subject: string, { schema, ...rest }: { schema: object | string }): Promise<void> {
  const text = typeof schema === 'string' ? schema : JSON.stringify(schema);
  await ask(`/subjects/${encodeURIComponent(subject)}/versions`, 'POST', { ...rest, schema: text });
}

/** All that an operation may change of a subject; what is deleted can still be read by its id. */
export async function stateOf(subject: string) {
  const name = encodeURIComponent(subject);
  return {
    versions: (await ask<number[]>(`/subjects/${name}/versions`)) ?? [],
    level: (await ask(`/config/${name}?defaultToGlobal=true`)) ?? (await ask('/config')),
  };
}

/** Deleted versions as well. */
export async function allVersions(subject: string): Promise<readonly number[]> {
  return (await ask<number[]>(`/subjects/${encodeURIComponent(subject)}/versions?deleted=true`)) ?? [];
}

/** The level that counts for the subject, around any client. */
export async function setLevel(subject: string, level: string): Promise<void> {
  await ask(`/config/${encodeURIComponent(subject)}`, 'PUT', { compatibility: level });
}
