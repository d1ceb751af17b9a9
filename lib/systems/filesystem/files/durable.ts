import { constants } from 'node:fs';
import { chmod, copyFile, type FileHandle, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ifMissing, isNodeError } from './node-error.js';
import { checkSize, openRegular, putInPlace, type WhileUnfinished } from './unfinished-file.js';

// An effect must be on disk before the audit records it, so files and the folders that contain them are synced.

/** How a file is replaced. */
export interface WriteOptions {
  /** Permissions. @default those of the file that is replaced */
  readonly mode?: number;
  readonly whileUnfinished: WhileUnfinished;
}

/** Replaces a file as a whole: readers see, and a crash leaves, the old content or the new one. Creates its folders. */
export async function writeDurably(
  path: string,
  data: Uint8Array,
  { mode, whileUnfinished }: WriteOptions,
): Promise<void> {
  await makeDirectoryDurably(dirname(path));
  const old = await stat(path).catch(ifMissing(undefined));
  const wanted = mode ?? old?.mode;
  const make = async (unfinished: string): Promise<void> => {
    await withHandle(await open(unfinished, 'wx', wanted), async (file) => {
      // Repeats the write while the system takes only a part.
      await file.writeFile(data);
      if (old) await file.chown(old.uid, old.gid).catch(ifNotAllowed);
      if (wanted !== undefined) await file.chmod(wanted & 0o7777).catch(ifNotAllowed);
      await file.sync();
      await checkSize(file, path, data.length);
    });
  };
  await putInPlace(path, make, whileUnfinished);
  await syncDirectory(dirname(path));
}

/** Creates a folder and its parents, and syncs them. */
export async function makeDirectoryDurably(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let made = path; made !== dirname(first); made = dirname(made)) await syncDirectory(dirname(made));
}

/** Syncs the names in a folder to disk, where the system can sync folders (Windows can't). */
export async function syncDirectory(path: string): Promise<void> {
  try {
    await withHandle(await open(path, 'r'), (directory) => directory.sync());
  } catch (error) {
    if (!isNodeError(error, 'EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP')) throw error;
  }
}

/** Copies a file without reading it into memory: readers see, and a crash leaves, nothing of it or all. Creates its folders. */
export async function copyDurably(
  source: string,
  path: string,
  mode: number,
  whileUnfinished: WhileUnfinished,
): Promise<void> {
  await makeDirectoryDurably(dirname(path));
  await putInPlace(path, (unfinished) => copyTo(source, unfinished, mode), whileUnfinished);
  await syncDirectory(dirname(path));
}

/** Syncs the content of a file to disk. */
export async function syncFile(path: string): Promise<void> {
  await withHandle(await openRegular(path, constants.O_RDONLY), (file) => file.sync());
}

/** Copies a file, lets `more` change the copy, sets its permissions and syncs it. */
export async function copyTo(
  source: string,
  unfinished: string,
  mode: number,
  more: (copy: FileHandle) => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  const { size } = await stat(source);
  await copyFile(source, unfinished, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  await chmod(unfinished, mode | 0o600);
  await withHandle(await openRegular(unfinished, constants.O_RDWR), async (copy) => {
    await checkSize(copy, unfinished, size);
    await more(copy);
    await copy.chmod(mode).catch(ifNotAllowed);
    await copy.sync();
  });
}

/** Runs `work` and closes the handle, also when it throws. */
export async function withHandle<T>(
  handle: FileHandle,
  work: (handle: FileHandle) => Promise<T>,
): Promise<T> {
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}

/** Not every user may change the owner of a file, and not every disk stores owner and permissions. */
function ifNotAllowed(error: unknown): void {
  if (!isNodeError(error, 'EPERM', 'EINVAL', 'ENOSYS', 'ENOTSUP')) throw error;
}
