import { constants, type Stats } from 'node:fs';
import { type FileHandle, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Recipe, Reversal } from '../../../core/model/recipe.js';
import { copyTo, makeDirectoryDurably, syncDirectory, withHandle } from '../files/durable.js';
import { bytesText } from '../undo/entry-image.js';
import type { FileSession } from '../files/file-session.js';
import { missingFolders, removeMadeFolders } from '../files/made-folders.js';
import { ifMissing } from '../files/node-error.js';
import { refuseSpecialAt, withRegular } from '../files/regular-file.js';
import {
  isFull,
  notWritten,
  openRegular,
  putInPlace,
  type WhileUnfinished,
} from '../files/unfinished-file.js';

// Appends in place, because another process may have the file open. A file with other hard links, perhaps outside the root, is replaced.

/** Adds to the end of a file, and creates it when it is missing. A crash may leave a part of the data; an error leaves nothing of it. */
async function appendDurably(
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
async function truncateDurably(path: string, bytes: number, whileUnfinished: WhileUnfinished): Promise<void> {
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
  // Repeats the write while the system takes only a part.
  await file.appendFile(data);
  await file.sync();
}

async function addAfter(copy: FileHandle, data: Uint8Array): Promise<void> {
  const { size } = await copy.stat();
  for (let at = 0; at < data.length;)
    at += (await copy.write(data, at, data.length - at, size + at)).bytesWritten;
}

/** Removes a part of the data that was written, unless somebody else has written behind it. @throws always */
async function takeBack(path: string, { size }: Stats, data: Uint8Array, error: unknown): Promise<never> {
  await withHandle(await openRegular(path, constants.O_RDWR), async (file) => {
    const part = (await file.stat()).size - size;
    if (part < 0 || part > data.length) return;
    const { buffer } = await file.read(Buffer.alloc(part), 0, part, size);
    if (buffer.equals(data.subarray(0, part))) await file.truncate(size);
  }).catch(() => undefined);
  throw isFull(error) ? notWritten(path, error) : error;
}

/** A file and the data to append. */
export interface AppendInput {
  readonly path: string;
  readonly data: Uint8Array;
}

interface AppendBefore {
  readonly path: string;
  /** Length of the file; absent when it does not exist. */
  readonly bytes?: number;
  /** True when the file ends with the data already and nothing must be added. */
  readonly done: boolean;
  readonly missing: readonly string[];
}

/**
 * Adds to the end of a file, or creates it.
 *
 * A change's first append to a file adds nothing when the file ends with the data already, so that an attempt after a crash adds nothing
 * twice. Later appends always add the data, because a change may add the same line twice.
 */
export const appendRecipe: Recipe<FileSession, AppendInput, AppendBefore> = {
  operation: 'filesystem.append',
  describe: ({ path }) => `append to '${path}'`,
  async read(session, { path, data }) {
    const earlier = session.appends.get(path);
    const look = lookAtEnd(session, path, data);
    session.appends.set(path, earlier ?? look);
    await earlier;
    const { bytes, ends } = await look;
    const missing = await missingFolders(session, path);
    return { path, ...(bytes !== undefined && { bytes }), done: ends && !earlier, missing };
  },
  compare: ({ path, data }, { bytes, done }) =>
    done
      ? []
      : [
          {
            what: `file '${path}'`,
            ...(bytes !== undefined && { from: bytesText(bytes) }),
            to: bytesText((bytes ?? 0) + data.length),
          },
        ],
  async apply(session, { path, data }) {
    const file = await session.locate(path);
    await session.undo.prepare();
    session.guard();
    await appendDurably(file, data, session.undo.whileUnfinished);
  },
  expect: () => undefined,
  reverse: (before): Reversal<FileSession> => ({
    possible: true,
    summary:
      before.bytes === undefined
        ? `remove '${before.path}'`
        : `cut '${before.path}' off at ${bytesText(before.bytes)}`,
    perform: (session) => cutOff(session, before),
  }),
};

async function lookAtEnd(
  session: FileSession,
  path: string,
  data: Uint8Array,
): Promise<{ readonly bytes?: number; readonly ends: boolean }> {
  const file = await session.locate(path);
  const found = await refuseSpecialAt(file, path);
  if (!found) return { ends: false };
  const bytes = found.size;
  if (!found.isFile() || bytes < data.length) return { bytes, ends: false };
  return withRegular(file, path, async (handle) => {
    const end = Buffer.alloc(data.length);
    await handle.read(end, 0, data.length, bytes - data.length);
    return { bytes, ends: end.equals(data) };
  });
}

async function cutOff(session: FileSession, { path, bytes, missing }: AppendBefore): Promise<void> {
  const file = await session.locate(path);
  const found = await stat(file).catch(ifMissing(undefined));
  session.guard();
  if (found && bytes === undefined) await rm(file);
  if (found && bytes !== undefined && found.size > bytes)
    await truncateDurably(file, bytes, session.undo.whileUnfinished);
  await removeMadeFolders(session, missing);
}
