import type { Difference, Recipe } from '../../core/recipe.js';
import { tightens, type CompatibilityLevel } from './compatibility-level.js';
import { levelOf, setLevel } from './levels.js';
import { reasonsBeforehand, refused, registerChecked } from './register-checked.js';
import { withLevel } from './register-with-level.js';
import type { RegisteredSchema, StoredSchema, SubjectLevel } from './registry-answers.js';
import type { RegistrySession } from './registry-session.js';
import { referenceDifferences, schemaDifferences } from './schema-differences.js';
import type { SchemaReference, SentSchema } from './schema-source.js';
import { deleteOnce, latestOf, lookUp, pathOf, versionsOf } from './subjects.js';

/** What is to be registered where. */
export interface Registration {
  readonly subject: string;
  readonly schema: SentSchema;
  readonly normalize: boolean;
  /** The level that the subject is to have of its own. @default as it is */
  readonly compatibility?: CompatibilityLevel;
}

/** What the registry has before. */
export interface BeforeRegistration extends Registration {
  /** Where this very schema is already. */
  readonly registered?: RegisteredSchema;
  /** Deleted ones included. */
  readonly versions: readonly number[];
  readonly latest?: {
    readonly version: number;
    readonly schema: string;
    readonly references?: readonly SchemaReference[];
  };
  readonly level: SubjectLevel;
  /** What a check at the level that counts now says against it; absent when nothing, or when that level will not count. */
  readonly reasons?: readonly string[];
}

/** Makes a schema the next version of its subject, under a level of compatibility that comes with it where one is asked for. */
export const REGISTER: Recipe<RegistrySession, Registration, BeforeRegistration, RegisteredSchema> = {
  operation: 'schema-registry.register',

  describe: ({ subject, schema: { schemaType = 'AVRO' }, compatibility }) =>
    `register ${schemaType} schema in '${subject}'${compatibility ? ` (${compatibility})` : ''}`,

  async read(session, input) {
    const { subject, schema, normalize } = input;
    const registered = await lookUp(session, subject, schema, normalize);
    const latest = await latestOf(session, subject);
    const level = await levelOf(session, subject);
    const before = {
      ...input,
      versions: await versionsOf(session, subject, true),
      level,
      ...(registered && { registered: { subject, version: registered.version, id: registered.id } }),
      ...(latest && { latest: contentOf(latest) }),
    };
    if (registered || !latest || setsLevelFirst(before)) return before;
    const reasons = await reasonsBeforehand(session, subject, schema, level.effective);
    return reasons ? { ...before, reasons } : before;
  },

  compare: (_, before) => [...versionDifferences(before), ...levelDifferences(before)],

  async apply(session, _, before) {
    const { subject, registered } = before;
    const { compatibility: level } = before;
    if (!level || level === before.level.own)
      return registered ?? registerChecked(session, before, before.level);
    const parts = { subject, level, before: before.level, first: setsLevelFirst(before) };
    return withLevel(
      session,
      parts,
      async (counting) => registered ?? registerChecked(session, before, counting),
    );
  },

  expect(_, before) {
    if (before.registered) return before.registered;
    if (before.reasons) throw refused(before, before.level.effective, before.reasons);
    return { subject: before.subject, version: nextVersion(before) };
  },

  reverse: (before) => ({
    possible: true,
    summary: `take back the schema registered in '${before.subject}'`,
    perform: (session) => takeBack(session, before),
  }),
};

/** A level that is no tightening must count for the schema that comes with it; a tighter one only for those that follow. */
function setsLevelFirst({
  compatibility,
  level,
}: Pick<BeforeRegistration, 'compatibility' | 'level'>): boolean {
  return (
    compatibility !== undefined && compatibility !== level.own && !tightens(level.effective, compatibility)
  );
}

function nextVersion({ versions }: BeforeRegistration): number {
  return Math.max(0, ...versions) + 1;
}

function versionDifferences(before: BeforeRegistration): readonly Difference[] {
  const { subject, schema, registered, latest } = before;
  if (registered) return [];
  const what = `latest version of '${subject}'`;
  const to = `version ${nextVersion(before)}`;
  const references = referenceDifferences(latest?.references, schema.references);
  if (!latest) return [{ what, to: `${to}: ${schema.schema}` }, ...references];
  return [
    { what, from: `version ${latest.version}`, to },
    ...schemaDifferences(latest.schema, schema.schema),
    ...references,
  ];
}

function contentOf({ version, schema, references = [] }: StoredSchema): BeforeRegistration['latest'] {
  return { version, schema, ...(references.length > 0 && { references }) };
}

function levelDifferences({ subject, compatibility, level }: BeforeRegistration): readonly Difference[] {
  if (!compatibility || compatibility === level.own) return [];
  const from = level.own ?? `${level.effective} (the registry's)`;
  return [{ what: `compatibility of '${subject}'`, from, to: compatibility }];
}

/** Deletes the version only if it was not there before. It can still be read by its id, for messages that were written with it. */
async function takeBack(session: RegistrySession, before: BeforeRegistration): Promise<void> {
  const { subject, schema, normalize, registered, versions, compatibility, level } = before;
  const found = registered ? undefined : await lookUp(session, subject, schema, normalize);
  if (found && !versions.includes(found.version))
    await deleteOnce(session, `${pathOf(subject)}/versions/${found.version}`, false);
  if (compatibility && compatibility !== level.own) await setLevel(session, subject, level.own);
}
