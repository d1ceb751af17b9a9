import type { PerformRecipe } from '../../core/model/recipe.js';
import { type CompatibilityLevel, levelNamed } from './subjects/compatibility-level.js';
import { checkCompatibility, levelOf } from './subjects/levels.js';
import { DELETE_SUBJECT, DELETE_VERSION } from './recipes/delete.recipes.js';
import { ENSURE_COMPATIBILITY } from './recipes/ensure-compatibility.recipe.js';
import { REGISTER } from './recipes/register.recipe.js';
import type { CompatibilityVerdict, RegisteredSchema, StoredSchema } from './subjects/registry-answers.js';
import type { RegistrySession } from './connection/registry-session.js';
import { checkedSubject, type SchemaSource, sentSchema } from './subjects/schema-source.js';
import { latestOf, lookUp, versionsOf } from './subjects/subjects.js';

/** How the client reaches the registry. */
export interface SchemaRegistryAccess {
  readonly perform: PerformRecipe<RegistrySession>;
  look<T>(call: string, work: (session: RegistrySession) => Promise<T>): Promise<T>;
}

/** How a schema is compared and registered. */
export interface NormalizeOptions {
  /** Let the registry compare schemas by what they mean, not by how they are written. @default false */
  readonly normalize?: boolean;
}

/** How a schema is registered. */
export interface RegisterOptions extends NormalizeOptions {
  /**
   * The subject's own compatibility level. A tighter level is set after the registration. Any other is set before it, so that it
   * counts for this schema, and is reset when the schema is refused.
   *
   * @default unchanged
   */
  readonly compatibility?: CompatibilityLevel;
}

/** How something is deleted. */
export interface DeleteOptions {
  /** True deletes for good: not even the ids in messages can be resolved any more. @default false */
  readonly permanent?: boolean;
}

/**
 * The client of a schema registry target system. It uses your client's URLs and credentials, but not its caches.
 *
 * Each method that changes something is a recipe: called again, it finds nothing to change. All methods throw SchemaRegistryError when
 * the registry refuses a request or does not answer.
 */
export class SchemaRegistry {
  readonly #access: SchemaRegistryAccess;

  /** @internal */
  constructor(access: SchemaRegistryAccess) {
    this.#access = access;
  }

  /**
   * Registers a schema as the next version of its subject. Does nothing when it is one of the versions already.
   *
   * @throws IncompatibleSchemaError with the registry's reasons; nothing was registered
   */
  register(subject: string, schema: SchemaSource, options: RegisterOptions = {}): Promise<RegisteredSchema> {
    const { normalize = false, compatibility } = options;
    return this.#access.perform(REGISTER, {
      subject: checkedSubject(subject),
      schema: sentSchema(schema),
      normalize,
      ...(compatibility && { compatibility: levelNamed(compatibility) }),
    });
  }

  /** Sets the compatibility level of a subject; the subject need not exist yet. */
  ensureCompatibility(subject: string, level: CompatibilityLevel): Promise<void> {
    const input = { subject: checkedSubject(subject), level: levelNamed(level) };
    return this.#access.perform(ENSURE_COMPATIBILITY, input);
  }

  /** Deletes a version. Unless it is deleted permanently, its schema can still be read by the id in a message. */
  deleteVersion(subject: string, version: number, { permanent = false }: DeleteOptions = {}): Promise<void> {
    return this.#access.perform(DELETE_VERSION, { subject: checkedSubject(subject), version, permanent });
  }

  /** Deletes all versions of a subject, as `deleteVersion` does. */
  deleteSubject(subject: string, { permanent = false }: DeleteOptions = {}): Promise<void> {
    return this.#access.perform(DELETE_SUBJECT, { subject: checkedSubject(subject), permanent });
  }

  /** For `@Verify`: whether a schema is one of the versions of a subject. */
  isRegistered(subject: string, schema: SchemaSource, options: NormalizeOptions = {}): Promise<boolean> {
    const { normalize = false } = options;
    return this.#look('look for a schema in', subject, async (session) => {
      return (await lookUp(session, subject, sentSchema(schema), normalize)) !== undefined;
    });
  }

  /** Whether the registry would accept a schema now, with the reasons if not. Compatible when the subject has no version yet. */
  check(subject: string, schema: SchemaSource): Promise<CompatibilityVerdict> {
    return this.#look('check a schema for', subject, async (session) => {
      if (!(await latestOf(session, subject))) return { compatible: true, reasons: [] };
      const { effective } = await levelOf(session, subject);
      return checkCompatibility(session, subject, sentSchema(schema), effective);
    });
  }

  /** The latest version; undefined when there is none. */
  latest(subject: string): Promise<StoredSchema | undefined> {
    return this.#look('read the latest version of', subject, (session) => latestOf(session, subject));
  }

  /** The version numbers of a subject, ascending, without deleted ones; empty when there is no such subject. */
  versions(subject: string): Promise<readonly number[]> {
    return this.#look('list the versions of', subject, (session) => versionsOf(session, subject));
  }

  /** The subject's own compatibility level; undefined when the registry's default counts. */
  compatibility(subject: string): Promise<CompatibilityLevel | undefined> {
    return this.#look('read the compatibility of', subject, async (session) => {
      return (await levelOf(session, subject)).own;
    });
  }

  #look<T>(call: string, subject: string, work: (session: RegistrySession) => Promise<T>): Promise<T> {
    return this.#access.look(`${call} '${checkedSubject(subject)}'`, work);
  }
}
