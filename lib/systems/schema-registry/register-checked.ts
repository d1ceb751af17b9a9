import { IncompatibleSchemaError } from './incompatible-schema.error.js';
import { checkCompatibility } from './levels.js';
import type { BeforeRegistration } from './register.recipe.js';
import type { CompatibilityLevel } from './compatibility-level.js';
import type { RegisteredSchema, SubjectLevel } from './registry-answers.js';
import type { RegistrySession } from './registry-session.js';
import { SchemaRegistryError } from './schema-registry.error.js';
import type { SentSchema } from './schema-source.js';
import { lookUp, post } from './subjects.js';

/**
 * Registers a schema that the registry finds compatible at the level that counts now.
 *
 * @throws IncompatibleSchemaError with the registry's reasons
 */
export async function registerChecked(
  session: RegistrySession,
  before: BeforeRegistration,
  { effective }: SubjectLevel,
): Promise<RegisteredSchema> {
  const { subject, schema, normalize } = before;
  const reasons = await reasonsAgainst(session, before, effective);
  if (reasons.length > 0) throw refused(before, effective, reasons);
  // A check that only says no is followed by the registration all the same: its refusal has the reasons.
  const posted = await post(session, subject, schema, normalize).catch((error: unknown) => {
    if (error instanceof SchemaRegistryError && error.status === 409)
      throw refused(before, effective, [error.reason]);
    throw error;
  });
  const version = posted.version ?? (await lookUp(session, subject, schema, normalize))?.version;
  if (version === undefined) throw notFound(subject);
  return { subject, version, ...(posted.id !== undefined && { id: posted.id }) };
}

/** The error for a schema that is not compatible. */
export function refused(
  { subject, latest }: BeforeRegistration,
  level: CompatibilityLevel,
  reasons: readonly string[],
): IncompatibleSchemaError {
  return new IncompatibleSchemaError({ subject, level, reasons, ...(latest && { version: latest.version }) });
}

async function reasonsAgainst(
  session: RegistrySession,
  { subject, schema, latest, reasons, level }: BeforeRegistration,
  effective: CompatibilityLevel,
): Promise<readonly string[]> {
  if (!latest || level.effective === effective) return reasons ?? [];
  return (await reasonsBeforehand(session, subject, schema, effective)) ?? [];
}

/**
 * What a check says against a schema before it is registered; undefined when nothing.
 *
 * Some registries (Apicurio) resolve no references in a check and call the schema invalid, but do when they register it: then
 * that refusal has the reasons.
 */
export async function reasonsBeforehand(
  session: RegistrySession,
  subject: string,
  schema: SentSchema,
  level: CompatibilityLevel,
): Promise<readonly string[] | undefined> {
  try {
    const { compatible, reasons } = await checkCompatibility(session, subject, schema, level);
    return compatible ? undefined : reasons;
  } catch (error) {
    const isUnresolved = error instanceof SchemaRegistryError && error.status === 422;
    if (isUnresolved && schema.references?.length) return undefined;
    throw error;
  }
}

function notFound(subject: string): SchemaRegistryError {
  const reason = 'the registry took the schema and does not find it; does another node lag behind?';
  return new SchemaRegistryError({ request: `look for the schema in '${subject}'`, status: 404, reason });
}
