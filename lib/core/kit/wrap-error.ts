import { FlamingockError } from '../model/errors.js';

/** Runs `work`. Wraps its error, unless that is an error of this library already. @throws FlamingockError */
export async function wrapError<T>(
  work: () => Promise<T>,
  wrap: (cause: unknown) => FlamingockError | Promise<FlamingockError>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof FlamingockError ? error : await wrap(error);
  }
}
