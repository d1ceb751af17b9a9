import { TargetSystemError } from '../../../core/model/errors.js';
import type { Difference, Recipe, Reversal } from '../../../core/model/recipe.js';
import type { RegistrySession } from '../connection/registry-session.js';
import { isRefusal, SchemaRegistryError } from '../connection/schema-registry.error.js';
import { deleteOnce, pathOf, referencesTo, versionsOf } from '../subjects/subjects.js';

/** `deleted`: the schema can still be read by its id. */
export type DeletedState = 'registered' | 'deleted' | 'absent';

/** The differences that a deletion makes. */
export function deletion(what: string, from: DeletedState, permanent: boolean): readonly Difference[] {
  if (from === 'absent' || (from === 'deleted' && !permanent)) return [];
  return [{ what, from, ...(!permanent && { to: 'deleted' }) }];
}

/** @throws TargetSystemError when other schemas refer to one of the versions, which the registry would refuse to delete */
async function refuseReferenced(
  session: RegistrySession,
  subject: string,
  versions: readonly number[],
): Promise<void> {
  for (const version of versions) {
    const ids = await referencesTo(session, subject, version);
    if (ids.length === 0) continue;
    throw new TargetSystemError(
      `Version ${version} of '${subject}' can't be deleted: schemas refer to it, with the ids ${ids.join(', ')}.`,
      { fix: ['delete those schemas first'] },
    );
  }
}

/** What is deleted, and from which state. */
export interface Deletion {
  /** Path in the API. */
  readonly path: string;
  readonly from: DeletedState;
  readonly permanent: boolean;
  /** Whether nothing of it was deleted meanwhile. */
  isAsBefore(): Promise<boolean>;
}

/** The registry refused a deletion, and nothing was deleted. */
class NothingDeletedError extends SchemaRegistryError {
  /** @param refused - the registry's refusal */
  constructor({ request, status = 0, errorCode, reason }: SchemaRegistryError) {
    super({
      request,
      status,
      ...(errorCode !== undefined && { errorCode }),
      reason: `${reason}; nothing was deleted`,
    });
  }
}

/**
 * The registry permanently deletes only what is deleted already, so a permanent deletion takes two requests.
 *
 * @throws NothingDeletedError; or SchemaRegistryError when something may have been deleted
 */
async function deleteInSteps(session: RegistrySession, deletion: Deletion): Promise<void> {
  const { path, from, permanent } = deletion;
  try {
    if (from === 'registered') await deleteOnce(session, path, false);
    if (permanent) await deleteOnce(session, path, true);
  } catch (error) {
    // The refusal alone proves nothing: the library may have repeated a request whose answer was lost.
    const isUndone = isRefusal(error) && (await deletion.isAsBefore().catch(() => false));
    throw isUndone ? new NothingDeletedError(error) : error;
  }
}

/** For a recipe's `wasRefused`. */
function nothingDeleted(error: unknown): boolean {
  return error instanceof NothingDeletedError;
}

function irreversible(permanent: boolean, otherwise: string): Reversal<RegistrySession> {
  return { possible: false, reason: permanent ? 'it is gone' : otherwise };
}

/** The subject to delete. */
export interface SubjectDeletion {
  readonly subject: string;
  readonly permanent: boolean;
}

/** The subject before its deletion. */
export interface BeforeSubjectDeletion extends SubjectDeletion {
  readonly state: DeletedState;
  /** Versions that are not deleted. */
  readonly versions: readonly number[];
}

/** Deletes all versions of a subject. Their schemas can still be read by id, unless `permanent`. */
export const DELETE_SUBJECT: Recipe<RegistrySession, SubjectDeletion, BeforeSubjectDeletion> = {
  operation: 'schema-registry.delete-subject',
  describe: ({ subject, permanent }) => `delete subject '${subject}'${permanent ? ' permanently' : ''}`,
  async read(session, input) {
    const before = await lookAt(session, input);
    await refuseReferenced(session, input.subject, before.versions);
    return before;
  },
  compare: ({ subject, permanent }, { state, versions }) =>
    deletion(
      `subject '${subject}'${versions.length > 0 ? ` (versions ${versions.join(', ')})` : ''}`,
      state,
      permanent,
    ),
  apply: (session, { subject, permanent }, before) =>
    deleteInSteps(session, {
      path: pathOf(subject),
      from: before.state,
      permanent,
      isAsBefore: async () => isLike(await lookAt(session, before), before),
    }),
  wasRefused: nothingDeleted,
  expect: () => undefined,
  reverse: ({ permanent }) =>
    irreversible(
      permanent,
      'deleted versions come back, by registering their schemas again, under other numbers',
    ),
};

async function lookAt(
  session: RegistrySession,
  { subject, permanent }: SubjectDeletion,
): Promise<BeforeSubjectDeletion> {
  const versions = await versionsOf(session, subject);
  if (versions.length > 0) return { subject, permanent, versions, state: 'registered' };
  const deleted = await versionsOf(session, subject, true);
  return { subject, permanent, versions, state: deleted.length > 0 ? 'deleted' : 'absent' };
}

/** Versions that somebody else has registered meanwhile do not count. */
function isLike(now: BeforeSubjectDeletion, before: BeforeSubjectDeletion): boolean {
  return now.state === before.state && before.versions.every((version) => now.versions.includes(version));
}

/** The version to delete. */
export interface VersionDeletion {
  readonly subject: string;
  readonly version: number;
  readonly permanent: boolean;
}

/** The version before its deletion. */
export interface BeforeVersionDeletion extends VersionDeletion {
  readonly state: DeletedState;
}

/** Deletes one version of a subject. Its schema can still be read by id, unless `permanent`. */
export const DELETE_VERSION: Recipe<RegistrySession, VersionDeletion, BeforeVersionDeletion> = {
  operation: 'schema-registry.delete-version',
  describe: ({ subject, version, permanent }) =>
    `delete version ${version} of '${subject}'${permanent ? ' permanently' : ''}`,
  async read(session, input) {
    const state = await stateOf(session, input);
    if (state === 'registered') await refuseReferenced(session, input.subject, [input.version]);
    return { ...input, state };
  },
  compare: ({ subject, version, permanent }, { state }) =>
    deletion(`version ${version} of '${subject}'`, state, permanent),
  apply: (session, { subject, version, permanent }, before) =>
    deleteInSteps(session, {
      path: `${pathOf(subject)}/versions/${version}`,
      from: before.state,
      permanent,
      isAsBefore: async () => (await stateOf(session, before)) === before.state,
    }),
  wasRefused: nothingDeleted,
  expect: () => undefined,
  reverse: ({ permanent }) =>
    irreversible(
      permanent,
      'a deleted version comes back, by registering its schema again, under another number',
    ),
};

async function stateOf(
  session: RegistrySession,
  { subject, version }: VersionDeletion,
): Promise<DeletedState> {
  if ((await versionsOf(session, subject)).includes(version)) return 'registered';
  return (await versionsOf(session, subject, true)).includes(version) ? 'deleted' : 'absent';
}
