import { TargetSystemError } from '../../../core/model/errors.js';
import type { CompatibilityLevel } from '../subjects/compatibility-level.js';
import { checkCompatibility } from '../subjects/levels.js';
import type { RegisteredSchema, SubjectLevel } from '../subjects/registry-answers.js';
import type { RegistrySession } from '../connection/registry-session.js';
import { SchemaRegistryError } from '../connection/schema-registry.error.js';
import type { SchemaReference, SentSchema } from '../subjects/schema-source.js';
import { lookUp, post } from '../subjects/subjects.js';

/** A schema to register, and its subject. */
export interface Registration {
  readonly subject: string;
  readonly schema: SentSchema;
  readonly normalize: boolean;
  /** The subject's own compatibility level. @default unchanged */
  readonly compatibility?: CompatibilityLevel;
}

/** A registration, and what the registry has before it. */
export interface BeforeRegistration extends Registration {
  /** The version that has this schema already. */
  readonly registered?: RegisteredSchema;
  /** Numbers of all versions, including deleted ones. */
  readonly versions: readonly number[];
  readonly latest?: {
    readonly version: number;
    readonly schema: string;
    readonly references?: readonly SchemaReference[];
  };
  readonly level: SubjectLevel;
  /** Why the schema is incompatible at the current level; absent when it is compatible, or when another level will count. */
  readonly reasons?: readonly string[];
}

/** A schema that the registry refuses, and why. */
export interface Incompatibility {
  readonly subject: string;
  /** The latest version; absent when the subject has none. */
  readonly version?: number;
  readonly level: CompatibilityLevel;
  /** In the registry's words; empty when it gives none. */
  readonly reasons: readonly string[];
}

/** A schema is not compatible with the versions of its subject. Nothing was registered. */
export class IncompatibleSchemaError extends TargetSystemError {
  readonly subject: string;
  readonly version: number | undefined;
  readonly level: CompatibilityLevel;
  readonly reasons: readonly string[];

  constructor({ subject, version, level, reasons }: Incompatibility) {
    const against = version === undefined ? `subject '${subject}'` : `version ${version} of '${subject}'`;
    const causes = reasons.length > 0 ? reasons : ['the registry gives no reasons for a check'];
    super(
      `The schema is not compatible with ${against} at level ${level}; nothing was registered:\n${causes.map((reason) => `  - ${reason}`).join('\n')}`,
      {
        fix: [
          'change the schema: a new field with a default, for example, is compatible both ways',
          "or, where all who read and write are ready for it, register it with a looser { compatibility: 'NONE' } and tighten that in the next change",
        ],
      },
    );
    this.subject = subject;
    this.version = version;
    this.level = level;
    this.reasons = reasons;
  }
}

/**
 * Checks that a schema is compatible at the current level, then registers it.
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
  // After a check that gives no reasons the schema is registered nevertheless: the refusal has the reasons.
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
 * Asks the registry why a schema is incompatible; undefined when it is compatible.
 *
 * Also undefined when the registry can't resolve the schema's references: Apicurio resolves them at the registration only, and its
 * refusal then has the reasons.
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
