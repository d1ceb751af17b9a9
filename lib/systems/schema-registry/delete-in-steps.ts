import type { DeletedState } from './deletion.js';
import type { RegistrySession } from './registry-session.js';
import { isRefusal, SchemaRegistryError } from './schema-registry.error.js';
import { deleteOnce } from './subjects.js';

/** What is deleted, from where to where. */
export interface Deletion {
  /** Of the API. */
  readonly path: string;
  readonly from: DeletedState;
  readonly permanent: boolean;
  /** Whether nothing of it has been deleted since. */
  isAsBefore(): Promise<boolean>;
}

/** The registry refused a deletion, and all is there as before. */
export class NothingDeletedError extends SchemaRegistryError {
  /** @param refused - what the registry said */
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
 * The registry deletes permanently only what is deleted already, so that takes two requests.
 *
 * @throws NothingDeletedError, or SchemaRegistryError where something was deleted or nobody can tell
 */
export async function deleteInSteps(session: RegistrySession, deletion: Deletion): Promise<void> {
  const { path, from, permanent } = deletion;
  try {
    if (from === 'registered') await deleteOnce(session, path, false);
    if (permanent) await deleteOnce(session, path, true);
  } catch (error) {
    // The step alone does not tell: the library may have sent it before, and lost the answer.
    const isUndone = isRefusal(error) && (await deletion.isAsBefore().catch(() => false));
    throw isUndone ? new NothingDeletedError(error) : error;
  }
}

/** For a recipe: it need not be put back. */
export function nothingDeleted(error: unknown): boolean {
  return error instanceof NothingDeletedError;
}
