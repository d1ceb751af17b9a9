import { constants, type Stats } from 'node:fs';
import { type FileHandle, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { copyTo, makeDirectoryDurably, syncDirectory, withHandle } from './durable.js';
import { isFull, notWritten, openRegular, putInPlace, type WhileUnfinished } from './unfinished-file.js';

// In place, for another process may hold the file open. One with other names is replaced: those may lie outside the root.

/** Adds to the end of a file, which is made when it is missing. A crash may leave a part; an error leaves none. */
export async function appendDurably(
  path: string,
  data: Uint8Array,
  whileUnfinished: WhileUnfinished,
): Promise<void> {
  await makeDirectoryDurably(dirname(path));
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT;
  const done = await withHandle(await openRegular(path, flags), async (file) => {
    const before = await file.stat();
    if (hasOtherNames(before)) return false;
    await addTo(file, data).catch((error: unknown) => takeBack(path, before, data, error));
    return true;
  });
  if (!done) await replaceBy(path, (copy) => addAfter(copy, data), whileUnfinished);
  await syncDirectory(dirname(path));
}

/** Cuts a file off at `bytes`. */
export async function truncateDurably(
  path: string,
  bytes: number,
  whileUnfinished: WhileUnfinished,
): Promise<void> {
  const done = await withHandle(await openRegular(path, constants.O_RDWR), async (file) => {
    if (hasOtherNames(await file.stat())) return false;
    await file.truncate(bytes);
    await file.sync();
    return true;
  });
  if (!done) await replaceBy(path, (copy) => copy.truncate(bytes), whileUnfinished);
}

function hasOtherNames({ nlink }: Stats): boolean {
  return nlink > 1;
}

async function replaceBy(
  path: string,
  more: (copy: FileHandle) => Promise<unknown>,
  whileUnfinished: WhileUnfinished,
): Promise<void> {
  const { mode } = await stat(path);
  await putInPlace(path, (unfinished) => copyTo(path, unfinished, mode & 0o7777, more), whileUnfinished);
  await syncDirectory(dirname(path));
}

async function addTo(file: FileHandle, data: Uint8Array): Promise<void> {
  // Asks again for as long as the system takes only a part.
  await file.appendFile(data);
  await file.sync();
}

async function addAfter(copy: FileHandle, data: Uint8Array): Promise<void> {
  const { size } = await copy.stat();
  for (let at = 0; at < data.length;)
    at += (await copy.write(data, at, data.length - at, size + at)).bytesWritten;
}

/** Takes a part of the data away again, unless somebody else has written behind it. @throws always */
async function takeBack(path: string, { size }: Stats, data: Uint8Array, error: unknown): Promise<never> {
  await withHandle(await openRegular(path, constants.O_RDWR), async (file) => {
    const part = (await file.stat()).size - size;
    if (part < 0 || part > data.length) return;
    const { buffer } = await file.read(Buffer.alloc(part), 0, part, size);
    if (buffer.equals(data.subarray(0, part))) await file.truncate(size);
  }).catch(() => undefined);
  throw isFull(error) ? notWritten(path, error) : error;
}
