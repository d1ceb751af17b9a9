import type { Recipe } from '../../core/recipe.js';
import { deleteInSteps, nothingDeleted } from './delete-in-steps.js';
import { deletion, type DeletedState } from './deletion.js';
import { refuseReferenced } from './refuse-referenced.js';
import type { RegistrySession } from './registry-session.js';
import { pathOf, versionsOf } from './subjects.js';

/** The subject that is to go. */
export interface SubjectDeletion {
  readonly subject: string;
  readonly permanent: boolean;
}

/** What is there before. */
export interface BeforeSubjectDeletion extends SubjectDeletion {
  readonly state: DeletedState;
  /** Not deleted before. */
  readonly versions: readonly number[];
}

/** Deletes all versions of a subject: so that they can only be read by their ids, or, `permanent`, so that they are gone. */
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
  reverse: ({ permanent }) => ({
    possible: false,
    reason: permanent
      ? 'it is gone'
      : 'deleted versions come back, by registering their schemas again, under other numbers',
  }),
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

/** What somebody else has registered since is no deletion. */
function isLike(now: BeforeSubjectDeletion, before: BeforeSubjectDeletion): boolean {
  return now.state === before.state && before.versions.every((version) => now.versions.includes(version));
}
