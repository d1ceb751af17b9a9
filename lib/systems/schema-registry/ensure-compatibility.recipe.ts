import type { Recipe } from '../../core/recipe.js';
import type { CompatibilityLevel } from './compatibility-level.js';
import { levelOf, setLevel } from './levels.js';
import type { SubjectLevel } from './registry-answers.js';
import type { RegistrySession } from './registry-session.js';

/** The level that a subject is to have of its own. */
export interface SubjectCompatibility {
  readonly subject: string;
  readonly level: CompatibilityLevel;
}

/** What it has before. */
export interface BeforeCompatibility {
  readonly subject: string;
  readonly before: SubjectLevel;
}

/** Gives a subject a level of compatibility of its own; the subject need not be there yet. */
export const ENSURE_COMPATIBILITY: Recipe<RegistrySession, SubjectCompatibility, BeforeCompatibility> = {
  operation: 'schema-registry.ensure-compatibility',
  describe: ({ subject, level }) => `ensure compatibility of '${subject}' (${level})`,
  read: async (session, { subject }) => ({ subject, before: await levelOf(session, subject) }),
  compare: ({ subject, level }, { before: { own, effective } }) =>
    own === level
      ? []
      : [
          {
            what: `compatibility of '${subject}'`,
            from: own ?? `${effective} (the registry's)`,
            to: level,
          },
        ],
  apply: (session, { subject, level }) => setLevel(session, subject, level),
  expect: () => undefined,
  reverse: ({ subject, before: { own } }) => ({
    possible: true,
    summary: own ? `set compatibility of '${subject}' to ${own}` : `remove compatibility of '${subject}'`,
    perform: (session) => setLevel(session, subject, own),
  }),
};
