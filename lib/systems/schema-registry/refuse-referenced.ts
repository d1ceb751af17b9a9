import { TargetSystemError } from '../../core/errors.js';
import type { RegistrySession } from './registry-session.js';
import { referencesTo } from './subjects.js';

/** @throws TargetSystemError when other schemas refer to one of the versions: the registry would refuse to delete it */
export async function refuseReferenced(
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
