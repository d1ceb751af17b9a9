import { randomUUID } from 'node:crypto';
import { chmod, constants, copyFile, mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { isNodeError } from './node-error.js';

// An effect must be on disk before the audit says that it is: file contents and the folders that name them are synced.

/** Replaces a file as a whole: a reader, and a crash, sees the old content or the new one. Makes its folders. */
export async function writeDurably(path: string, data: string | Uint8Array, mode?: number): Promise<void> {
  await makeDirectoryDurably(dirname(path));
  await writeFileAtomic(path, typeof data === 'string' ? data : Buffer.from(data), { mode });
  await syncDirectory(dirname(path));
}

/** Adds to the end of a file, which is made when it is missing. A crash may leave a part. */
export async function appendDurably(path: string, data: string | Uint8Array): Promise<void> {
  await makeDirectoryDurably(dirname(path));
  await withHandle(path, 'a', async (file) => {
    await file.appendFile(data);
    await file.sync();
  });
  await syncDirectory(dirname(path));
}

/** Makes a folder and those above it. */
export async function makeDirectoryDurably(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let made = path; made !== dirname(first); made = dirname(made)) await syncDirectory(dirname(made));
}

/** Puts the names in a folder on disk, where the system lets a folder be synced (Windows does not). */
export async function syncDirectory(path: string): Promise<void> {
  try {
    await withHandle(path, 'r', (directory) => directory.sync());
  } catch (error) {
    if (!isNodeError(error, 'EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP')) throw error;
  }
}

/** Copies a file without reading it into memory; a reader, and a crash, sees nothing of it or all. Makes its folders. */
export async function copyDurably(source: string, path: string, mode: number): Promise<void> {
  await makeDirectoryDurably(dirname(path));
  const unfinished = `${path}.${randomUUID()}`;
  try {
    await copyFile(source, unfinished, constants.COPYFILE_FICLONE);
    await chmod(unfinished, mode | 0o600);
    await syncFile(unfinished);
    await chmod(unfinished, mode);
    await rename(unfinished, path);
  } finally {
    await rm(unfinished, { force: true });
  }
  await syncDirectory(dirname(path));
}

/** Puts the content of a file on disk. */
export function syncFile(path: string): Promise<void> {
  return withHandle(path, 'r', (file) => file.sync());
}

/** Cuts a file off, or fills it up, at `bytes`. */
export async function truncateDurably(path: string, bytes: number): Promise<void> {
  await withHandle(path, 'r+', async (file) => {
    await file.truncate(bytes);
    await file.sync();
  });
}

async function withHandle(
  path: string,
  flags: string,
  work: (handle: FileHandle) => Promise<void>,
): Promise<void> {
  const handle = await open(path, flags);
  try {
    await work(handle);
  } finally {
    await handle.close();
  }
}
