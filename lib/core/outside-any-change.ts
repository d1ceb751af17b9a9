import { TargetSystemError } from './errors.js';

/** Stands in for every call of the clients that `TargetSystem.clients` tells of: nobody is to work with them. */
export function outsideAnyChange(targetId: string): () => never {
  return () => {
    throw new TargetSystemError(`A client of target system '${targetId}' was used outside any change.`);
  };
}
