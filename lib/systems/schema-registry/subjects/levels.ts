import { isTransitive, levelNamed, type CompatibilityLevel } from './compatibility-level.js';
import type { CompatibilityVerdict, SubjectLevel } from './registry-answers.js';
import type { RegistrySession } from '../connection/registry-session.js';
import type { SentSchema } from './schema-source.js';
import { ifMissing } from './subjects.js';

interface Config {
  readonly compatibilityLevel: string;
}

const LONGEST_REASON = 500;

/** The subject's own level and the one that counts for it; the subject need not exist. */
export async function levelOf(session: RegistrySession, subject: string): Promise<SubjectLevel> {
  const effective = await effectiveLevel(session, subject);
  const own = await session.send<Config>('GET', pathOf(subject)).catch(ifMissing(undefined));
  // Some registries answer NONE for a subject without a level of its own.
  if (!own || (own.compatibilityLevel === 'NONE' && effective !== 'NONE')) return { effective };
  return { own: levelNamed(own.compatibilityLevel), effective };
}

async function effectiveLevel(session: RegistrySession, subject: string): Promise<CompatibilityLevel> {
  const config = await session
    .send<Config>('GET', `${pathOf(subject)}?defaultToGlobal=true`)
    .catch(ifMissing(undefined));
  return config ? levelNamed(config.compatibilityLevel) : generalLevel(session);
}

async function generalLevel(session: RegistrySession): Promise<CompatibilityLevel> {
  return levelNamed((await session.send<Config>('GET', '/config')).compatibilityLevel);
}

/** Sets the subject's own level; undefined removes it, so that the registry's level counts. */
export async function setLevel(
  session: RegistrySession,
  subject: string,
  level: CompatibilityLevel | undefined,
): Promise<void> {
  if (level) await session.send('PUT', pathOf(subject), { compatibility: level });
  else await removeLevel(session, subject);
}

/** Apicurio does not remove the level NONE, only others. So a NONE is first replaced by the registry's own level. */
async function removeLevel(session: RegistrySession, subject: string): Promise<void> {
  const remove = (): Promise<unknown> => session.send('DELETE', pathOf(subject)).catch(ifMissing(undefined));
  await remove();
  if ((await effectiveLevel(session, subject)) !== 'NONE') return;
  const general = await generalLevel(session);
  if (general === 'NONE') return;
  await setLevel(session, subject, general);
  await remove();
}

/** Asks the registry whether a schema may become the next version of a subject that has versions. */
export async function checkCompatibility(
  session: RegistrySession,
  subject: string,
  schema: SentSchema,
  level: CompatibilityLevel,
): Promise<CompatibilityVerdict> {
  const against = isTransitive(level) ? 'versions' : 'versions/latest';
  const { is_compatible: compatible, messages = [] } = await session.send<Answer>(
    'POST',
    `/compatibility/subjects/${encodeURIComponent(subject)}/${against}?verbose=true`,
    schema,
  );
  return { compatible, reasons: compatible ? [] : messages.map(short) };
}

interface Answer {
  readonly is_compatible: boolean;
  readonly messages?: readonly string[];
}

/** Shortens a reason, because one of them contains the whole old schema. */
function short(reason: string): string {
  return reason.length > LONGEST_REASON ? `${reason.slice(0, LONGEST_REASON - 1)}…` : reason;
}

function pathOf(subject: string): string {
  return `/config/${encodeURIComponent(subject)}`;
}
