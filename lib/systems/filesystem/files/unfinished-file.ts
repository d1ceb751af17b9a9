import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TargetSystemError } from '../../../core/model/errors.js';
import { isNodeError } from './node-error.js';

/** Runs `work` while a note on disk says that there may be an unfinished file at this path, so that it can be removed after a crash. */
export type WhileUnfinished = <T>(unfinished: string, work: () => Promise<T>) => Promise<T>;

const NAME = /^\.flamingock-[0-9a-f]{16}\.tmp$/;

/** Whether it is the name of an unfinished file. */
export function isUnfinished(name: string): boolean {
  return NAME.test(name);
}

/**
 * Replaces a file by the one that `make` writes: readers see, and a crash leaves, the old file or the whole new one. The new file is
 * written beside the old one, so that both are on one disk, and under a short name, so that the file's own name may have any length.
 */
export async function putInPlace(
  path: string,
  make: (unfinished: string) => Promise<void>,
  whileUnfinished: WhileUnfinished,
): Promise<void> {
  const unfinished = join(dirname(path), `.flamingock-${randomBytes(8).toString('hex')}.tmp`);
  await whileUnfinished(unfinished, async () => {
    try {
      await make(unfinished);
      await rename(unfinished, path);
    } catch (error) {
      throw isFull(error) ? notWritten(path, error) : error;
    } finally {
      await rm(unfinished, { force: true });
    }
  });
}

/** Checks the size of a written file, because some systems report a partial write as success. @throws TargetSystemError when it differs */
export async function checkSize(file: FileHandle, path: string, bytes: number): Promise<void> {
  const { size } = await file.stat();
  if (size === bytes) return;
  throw new TargetSystemError(`Only ${size} of ${bytes} bytes of '${path}' were written.`, {
    fix: ['make room on its disk, or look after it'],
  });
}

/** Whether the disk or the quota is full. */
export function isFull(error: unknown): error is Error & { readonly code: string } {
  return isNodeError(error, 'ENOSPC', 'EDQUOT', 'EFBIG');
}

/** An error that names the file and says that it is unchanged, unlike the system's error. Keeps its `code`. */
export function notWritten(path: string, cause: Error & { readonly code: string }): TargetSystemError {
  const error = new TargetSystemError(`'${path}' was not written and is as it was: ${cause.message}.`, {
    cause,
    fix: ['make room on its disk, or raise the quota'],
  });
  return Object.assign(error, { code: cause.code });
}

/** Opens a file. Does not wait when it is a pipe, and fails when it is a link. */
export function openRegular(path: string, flags: number): Promise<FileHandle> {
  // Windows has neither flag.
  const { O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants as Partial<typeof constants>;
  return open(path, flags | O_NONBLOCK | O_NOFOLLOW, 0o666);
}
