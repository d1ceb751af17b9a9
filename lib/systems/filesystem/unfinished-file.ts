import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TargetSystemError } from '../../core/errors.js';
import { isNodeError } from './node-error.js';

/** Does `work` while it is on record that there may be an unfinished file at this path, for whoever finds the rest of it. */
export type WhileUnfinished = <T>(unfinished: string, work: () => Promise<T>) => Promise<T>;

const NAME = /^\.flamingock-[0-9a-f]{16}\.tmp$/;

/** Whether it is the name of a file that was still being written. */
export function isUnfinished(name: string): boolean {
  return NAME.test(name);
}

/**
 * Puts what `make` writes in place of a file: a reader, and a crash, sees the file as it was or all of the new one.
 * Beside it, so that both are on one disk; by a short name, so that any name that the system takes can be written.
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

/** @throws TargetSystemError when not all of it is there, whatever the system said about the writes */
export async function checkSize(file: FileHandle, path: string, bytes: number): Promise<void> {
  const { size } = await file.stat();
  if (size === bytes) return;
  throw new TargetSystemError(`Only ${size} of ${bytes} bytes of '${path}' were written.`, {
    fix: ['make room on its disk, or look after it'],
  });
}

/** Whether there is no room for what was to be written. */
export function isFull(error: unknown): error is Error & { readonly code: string } {
  return isNodeError(error, 'ENOSPC', 'EDQUOT', 'EFBIG');
}

/** The system's error says neither which file it was nor what became of it. Keeps its `code`. */
export function notWritten(path: string, cause: Error & { readonly code: string }): TargetSystemError {
  const error = new TargetSystemError(`'${path}' was not written and is as it was: ${cause.message}.`, {
    cause,
    fix: ['make room on its disk, or raise the quota'],
  });
  return Object.assign(error, { code: cause.code });
}

/** Opens without waiting for whoever is at the other end of a pipe, and no link that took the file's place. */
export function openRegular(path: string, flags: number): Promise<FileHandle> {
  // Windows knows neither.
  const { O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants as Partial<typeof constants>;
  return open(path, flags | O_NONBLOCK | O_NOFOLLOW, 0o666);
}
