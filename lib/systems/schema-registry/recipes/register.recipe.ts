import { TargetSystemError } from '../../../core/model/errors.js';
import type { Difference, Recipe } from '../../../core/model/recipe.js';
import { messageOf } from '../../../core/kit/text.js';
import { type CompatibilityLevel, tightens } from '../subjects/compatibility-level.js';
import { levelOf, setLevel } from '../subjects/levels.js';
import type { RegisteredSchema, StoredSchema, SubjectLevel } from '../subjects/registry-answers.js';
import type { RegistrySession } from '../connection/registry-session.js';
import { referenceDifferences, schemaDifferences } from '../subjects/schema-source.js';
import { deleteOnce, latestOf, lookUp, pathOf, versionsOf } from '../subjects/subjects.js';
import {
  type BeforeRegistration,
  reasonsBeforehand,
  refused,
  registerChecked,
  type Registration,
} from './registration.js';

/** Registers a schema as the next version of its subject, and sets the subject's compatibility level where one is asked for. */
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

/** A tighter level counts for later schemas only, so it is set after the registration. Any other level counts for this schema too. */
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

/** Deletes the version, unless it existed before. Its schema can still be read by id, for messages that were written with it. */
async function takeBack(session: RegistrySession, before: BeforeRegistration): Promise<void> {
  const { subject, schema, normalize, registered, versions, compatibility, level } = before;
  const found = registered ? undefined : await lookUp(session, subject, schema, normalize);
  if (found && !versions.includes(found.version))
    await deleteOnce(session, `${pathOf(subject)}/versions/${found.version}`, false);
  if (compatibility && compatibility !== level.own) await setLevel(session, subject, level.own);
}

/** The level that a subject gets, and the one that it had. */
export interface LevelChange {
  readonly subject: string;
  readonly level: CompatibilityLevel;
  readonly before: SubjectLevel;
  /** True to set the level before the work, so that it counts for the work; false to set it afterwards. */
  readonly first: boolean;
}

/**
 * Runs `work` with the level that counts, and sets the level before or after it. A level that was set before is reset when the work
 * fails.
 */
async function withLevel<T>(
  session: RegistrySession,
  change: LevelChange,
  work: (level: SubjectLevel) => Promise<T>,
): Promise<T> {
  const { subject, level, before, first } = change;
  if (!first) {
    const result = await work(before);
    await setLevel(session, subject, level);
    return result;
  }
  await setLevel(session, subject, level);
  try {
    return await work({ own: level, effective: level });
  } catch (error) {
    await putBack(session, change, error);
    throw error;
  }
}

async function putBack(
  session: RegistrySession,
  { subject, before, level }: LevelChange,
  cause: unknown,
): Promise<void> {
  try {
    await setLevel(session, subject, before.own);
  } catch (error) {
    throw new TargetSystemError(
      `The compatibility of '${subject}' was set to ${level} and could not be put back (${messageOf(error)}) after: ${messageOf(cause)}`,
      {
        cause,
        fix: [`set it back to ${before.own ?? `none of its own, so that ${before.effective} counts`}`],
      },
    );
  }
}
