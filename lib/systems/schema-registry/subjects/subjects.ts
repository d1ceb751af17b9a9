import type { RegisteredSchema, StoredSchema } from './registry-answers.js';
import type { RegistrySession } from '../connection/registry-session.js';
import { isNotThere } from '../connection/schema-registry.error.js';
import type { SentSchema } from './schema-source.js';

/** Path of a subject in the API. */
export function pathOf(subject: string): string {
  return `/subjects/${encodeURIComponent(subject)}`;
}

/** The version numbers, ascending; with `deleted`, also those of deleted versions. */
export async function versionsOf(
  session: RegistrySession,
  subject: string,
  deleted = false,
): Promise<readonly number[]> {
  return session.send<number[]>('GET', `${pathOf(subject)}/versions?deleted=${deleted}`).catch(ifMissing([]));
}

export function latestOf(session: RegistrySession, subject: string): Promise<StoredSchema | undefined> {
  return session
    .send<StoredSchema>('GET', `${pathOf(subject)}/versions/latest`)
    .catch(ifMissing<StoredSchema | undefined>(undefined));
}

/** The version that has exactly this schema; undefined when there is none or it was deleted. */
export function lookUp(
  session: RegistrySession,
  subject: string,
  schema: SentSchema,
  normalize = false,
): Promise<StoredSchema | undefined> {
  return session
    .send<StoredSchema>('POST', `${pathOf(subject)}?normalize=${normalize}`, schema)
    .catch(ifMissing<StoredSchema | undefined>(undefined));
}

/** Registers a schema, or finds the version that has it. The registry gives the same id to the same schema. */
export function post(
  session: RegistrySession,
  subject: string,
  schema: SentSchema,
  normalize: boolean,
): Promise<Partial<RegisteredSchema>> {
  return session.send('POST', `${pathOf(subject)}/versions?normalize=${normalize}`, schema);
}

/** Deletes a subject or a version; no error when it is deleted already. */
export async function deleteOnce(session: RegistrySession, path: string, permanent: boolean): Promise<void> {
  await session.send('DELETE', `${path}?permanent=${permanent}`).catch(ifMissing<unknown>(undefined));
}

/** The ids of the schemas that refer to a version. */
export function referencesTo(
  session: RegistrySession,
  subject: string,
  version: number,
): Promise<readonly number[]> {
  return session
    .send<readonly number[]>('GET', `${pathOf(subject)}/versions/${version}/referencedby`)
    .catch(ifMissing<readonly number[]>([]));
}

/** For `catch`: resolves to `answer` when the registry answers that the thing does not exist. */
export function ifMissing<T>(answer: T): (error: unknown) => T {
  return (error) => {
    if (isNotThere(error)) return answer;
    throw error;
  };
}
