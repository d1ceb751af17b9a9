import type { Recipe } from '../../core/recipe.js';
import { deleteInSteps, nothingDeleted } from './delete-in-steps.js';
import { deletion, type DeletedState } from './deletion.js';
import type { RegistrySession } from './registry-session.js';
import { refuseReferenced } from './refuse-referenced.js';
import { pathOf, versionsOf } from './subjects.js';

/** The version that is to go. */
export interface VersionDeletion {
  readonly subject: string;
  readonly version: number;
  readonly permanent: boolean;
}

/** What is there before. */
export interface BeforeVersionDeletion extends VersionDeletion {
  readonly state: DeletedState;
}

/** Deletes one version of a subject: so that it can only be read by its id, or, `permanent`, so that it is gone. */
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
  reverse: ({ permanent }) => ({
    possible: false,
    reason: permanent
      ? 'it is gone'
      : 'a deleted version comes back, by registering its schema again, under another number',
  }),
};

async function stateOf(
  session: RegistrySession,
  { subject, version }: VersionDeletion,
): Promise<DeletedState> {
  if ((await versionsOf(session, subject)).includes(version)) return 'registered';
  return (await versionsOf(session, subject, true)).includes(version) ? 'deleted' : 'absent';
}
