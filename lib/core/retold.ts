import { FlamingockError } from './errors.js';

/** Does `work`; a failure that is no error of this library is told in words of our own. */
export async function retold<T>(
  work: () => Promise<T>,
  retell: (cause: unknown) => FlamingockError,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof FlamingockError ? error : retell(error);
  }
}
