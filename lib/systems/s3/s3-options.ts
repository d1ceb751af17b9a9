import { TargetSystemError } from '../../core/model/errors.js';

const MEBIBYTE = 1024 * 1024;
const SMALLEST_PART = 5 * MEBIBYTE;

/** How an S3 target system works. */
export interface S3TargetSystemOptions {
  /**
   * Prefix of the keys that are reserved for Flamingock. Before `S3Buckets` replaces or deletes an object that is larger than 64 KiB,
   * in a bucket without versioning, it makes S3 copy the object below this prefix. Undo removes the copy; otherwise the copy stays
   * until a lifecycle rule of yours expires it.
   * @default '.flamingock/undo/'
   */
  readonly undoPrefix?: string;
  /**
   * Size of the parts of an upload, in bytes; at least 5 MiB. One part is held in memory at a time, and an object has at most 10,000.
   * @default 8388608 (8 MiB: objects up to 78 GiB)
   */
  readonly partSize?: number;
}

/** The options with their defaults. */
export type S3Settings = Required<S3TargetSystemOptions>;

/** @throws TargetSystemError for options that S3 would not take */
export function settingsOf(id: string, options: S3TargetSystemOptions = {}): S3Settings {
  const { undoPrefix = '.flamingock/undo/', partSize = 8 * MEBIBYTE } = options;
  if (!/^[^/].*\/$/.test(undoPrefix))
    throw new TargetSystemError(
      `undoPrefix of S3TargetSystem '${id}' is '${undoPrefix}': it must not begin with a slash, and must end with one.`,
      { fix: ["write for example undoPrefix: '.flamingock/undo/'"] },
    );
  if (!Number.isInteger(partSize) || partSize < SMALLEST_PART)
    throw new TargetSystemError(
      `partSize of S3TargetSystem '${id}' is ${partSize}: S3 takes no less than 5 MiB.`,
      {
        fix: [`write partSize: ${SMALLEST_PART}, or more`],
      },
    );
  return { undoPrefix, partSize };
}
