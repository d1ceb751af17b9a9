import type { PerformRecipe } from '../../core/recipe.js';
import { levelNamed, type CompatibilityLevel } from './compatibility-level.js';
import { DELETE_SUBJECT } from './delete-subject.recipe.js';
import { DELETE_VERSION } from './delete-version.recipe.js';
import { ENSURE_COMPATIBILITY } from './ensure-compatibility.recipe.js';
import { checkCompatibility, levelOf } from './levels.js';
import { REGISTER } from './register.recipe.js';
import type { CompatibilityVerdict, RegisteredSchema, StoredSchema } from './registry-answers.js';
import type { RegistrySession } from './registry-session.js';
import { checkedSubject, sentSchema, type SchemaSource } from './schema-source.js';
import { latestOf, lookUp, versionsOf } from './subjects.js';

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

/** What comes with a schema. */
export interface RegisterOptions extends NormalizeOptions {
  /**
   * The level that the subject is to have of its own: a tighter one is set after the registration, any other before it, so
   * that it counts for this schema. It is put back when the schema is refused.
   *
   * @default as it is
   */
  readonly compatibility?: CompatibilityLevel;
}

/** How something is deleted. */
export interface DeleteOptions {
  /** True: nothing of it can be read any more, not even by the ids in messages. @default false */
  readonly permanent?: boolean;
}

/**
 * The client of a schema registry target system. It goes by your client's URLs and credentials, and reads past its caches.
 *
 * Done twice, each operation leaves the same state. All throw SchemaRegistryError when there is no answer or one that says so.
 */
export class SchemaRegistry {
  readonly #access: SchemaRegistryAccess;

  /** @internal */
  constructor(access: SchemaRegistryAccess) {
    this.#access = access;
  }

  /**
   * Makes a schema the next version of its subject; nothing when it is one of its versions already.
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

  /** Gives a subject a level of compatibility of its own, whether it is there already or not. */
  ensureCompatibility(subject: string, level: CompatibilityLevel): Promise<void> {
    const input = { subject: checkedSubject(subject), level: levelNamed(level) };
    return this.#access.perform(ENSURE_COMPATIBILITY, input);
  }

  /** Deletes a version. It can still be read by the id in a message, unless it is deleted permanently. */
  deleteVersion(subject: string, version: number, { permanent = false }: DeleteOptions = {}): Promise<void> {
    return this.#access.perform(DELETE_VERSION, { subject: checkedSubject(subject), version, permanent });
  }

  /** Deletes all versions of a subject, as `deleteVersion` does. */
  deleteSubject(subject: string, { permanent = false }: DeleteOptions = {}): Promise<void> {
    return this.#access.perform(DELETE_SUBJECT, { subject: checkedSubject(subject), permanent });
  }

  /** Whether a schema is one of the versions of a subject: for `@Verify`. */
  isRegistered(subject: string, schema: SchemaSource, options: NormalizeOptions = {}): Promise<boolean> {
    const { normalize = false } = options;
    return this.#look('look for a schema in', subject, async (session) => {
      return (await lookUp(session, subject, sentSchema(schema), normalize)) !== undefined;
    });
  }

  /** Whether the registry would take a schema now, and why not. True where there is no version yet. */
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

  /** The numbers of the versions, ascending; none when there is no such subject. Deleted ones are left out. */
  versions(subject: string): Promise<readonly number[]> {
    return this.#look('list the versions of', subject, (session) => versionsOf(session, subject));
  }

  /** The subject's own level of compatibility; undefined when it goes by the registry's. */
  compatibility(subject: string): Promise<CompatibilityLevel | undefined> {
    return this.#look('read the compatibility of', subject, async (session) => {
      return (await levelOf(session, subject)).own;
    });
  }

  #look<T>(call: string, subject: string, work: (session: RegistrySession) => Promise<T>): Promise<T> {
    return this.#access.look(`${call} '${checkedSubject(subject)}'`, work);
  }
}
