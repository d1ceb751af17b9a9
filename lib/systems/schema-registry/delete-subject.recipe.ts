import type { Recipe } from '../../core/recipe.js';
import { deletion, type DeletedState } from './deletion.js';
import { refuseReferenced } from './refuse-referenced.js';
import type { RegistrySession } from './registry-session.js';
import { deleteOnce, pathOf, versionsOf } from './subjects.js';

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
    const { subject } = input;
    const versions = await versionsOf(session, subject);
    await refuseReferenced(session, subject, versions);
    if (versions.length > 0) return { ...input, versions, state: 'registered' };
    const deleted = await versionsOf(session, subject, true);
    return { ...input, versions, state: deleted.length > 0 ? 'deleted' : 'absent' };
  },
  compare: ({ subject, permanent }, { state, versions }) =>
    deletion(
      `subject '${subject}'${versions.length > 0 ? ` (versions ${versions.join(', ')})` : ''}`,
      state,
      permanent,
    ),
  async apply(session, { subject, permanent }, { state }) {
    if (state === 'registered') await deleteOnce(session, pathOf(subject), false);
    if (permanent) await deleteOnce(session, pathOf(subject), true);
  },
  expect: () => undefined,
  reverse: ({ permanent }) => ({
    possible: false,
    reason: permanent
      ? 'it is gone'
      : 'deleted versions come back, by registering their schemas again, under other numbers',
  }),
};
