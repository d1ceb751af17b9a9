import type { Recipe } from '../../../core/model/recipe.js';
import type { CompatibilityLevel } from '../subjects/compatibility-level.js';
import { levelOf, setLevel } from '../subjects/levels.js';
import type { SubjectLevel } from '../subjects/registry-answers.js';
import type { RegistrySession } from '../connection/registry-session.js';

/** The compatibility level to set for a subject. */
export interface SubjectCompatibility {
  readonly subject: string;
  readonly level: CompatibilityLevel;
}

/** The level that the subject has before. */
export interface BeforeCompatibility {
  readonly subject: string;
  readonly before: SubjectLevel;
}

/** Sets the compatibility level of a subject; the subject need not exist yet. */
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
