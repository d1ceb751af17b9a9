import { lstat, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TargetSystemError } from '../../../core/model/errors.js';
import type { Recipe } from '../../../core/model/recipe.js';
import { makeDirectoryDurably, syncDirectory, writeDurably } from '../files/durable.js';
import { canBeRestored, type EntryImage, imageText } from '../undo/entry-image.js';
import type { FileSession } from '../files/file-session.js';
import { missingFolders, removeMadeFolders } from '../files/made-folders.js';
import { ifMissing } from '../files/node-error.js';
import { readImage } from '../undo/read-image.js';
import { readRegular } from '../files/regular-file.js';
import { restoreImage } from '../undo/restore-image.js';
import { type LocationBefore, locationReversal, readLocationBefore } from '../undo/location-before.js';

/** A file or folder, and its new path. */
export interface TransferInput {
  readonly from: string;
  readonly to: string;
  /** Whether something at the new path may be replaced. */
  readonly overwrite: boolean;
}

/** @throws TargetSystemError when something is at the new path that may not be replaced */
function refuseOverwrite(call: string, { from, to, overwrite }: TransferInput, image: EntryImage): void {
  if (overwrite || image.kind === 'none') return;
  throw new TargetSystemError(`Cannot ${call} '${from}' to '${to}': there is something already.`, {
    fix: ['remove it first, or say { overwrite: true }'],
  });
}

interface CopyBefore extends LocationBefore {
  readonly bytes: number;
  /** True when the new path has the same content and permissions already. */
  readonly done: boolean;
}

/** Copies a file with its permissions. */
export const copyRecipe: Recipe<FileSession, TransferInput, CopyBefore> = {
  operation: 'filesystem.copy',
  describe: ({ from, to }) => `copy '${from}' to '${to}'`,
  async read(session, input) {
    const source = await session.locate(input.from);
    const { size: bytes, mode } = await stat(source);
    const before = await readLocationBefore(session, input.to);
    const done = await isSame(
      session,
      input.to,
      before.image,
      await readRegular(source, input.from),
      mode & 0o7777,
    );
    if (!done) refuseOverwrite('copy', input, before.image);
    return { ...before, bytes, done };
  },
  compare: ({ from, to }, { image, bytes, done }) =>
    done
      ? []
      : [
          {
            what: `file '${to}'`,
            ...(image.kind !== 'none' && { from: imageText(image) }),
            to: `${bytes} bytes, as '${from}'`,
          },
        ],
  async apply(session, { from, to }, { image }) {
    const [source, target] = [await session.locate(from), await session.locate(to)];
    await session.undo.prepare();
    await session.undo.keep(target, image);
    const [data, { mode }] = [await readRegular(source, from), await stat(source)];
    session.guard();
    await writeDurably(target, data, { mode, whileUnfinished: session.undo.whileUnfinished });
  },
  expect: () => undefined,
  reverse: locationReversal,
};

async function isSame(
  session: FileSession,
  to: string,
  image: EntryImage,
  data: Buffer,
  mode: number,
): Promise<boolean> {
  if (image.kind !== 'file' || image.mode !== mode || image.bytes !== data.length) return false;
  return (await readRegular(await session.locate(to), to)).equals(data);
}

interface MoveBefore {
  readonly from: string;
  readonly to: string;
  readonly hasSource: boolean;
  /** What is at the new path. */
  readonly image: EntryImage;
  readonly missing: readonly string[];
}

/** Moves a file or a folder. When nothing is at the old path and something at the new one, it was moved before. */
export const moveRecipe: Recipe<FileSession, TransferInput, MoveBefore> = {
  operation: 'filesystem.move',
  describe: ({ from, to }) => `move '${from}' to '${to}'`,
  async read(session, input) {
    const { from, to } = input;
    const [source, target] = [await session.locateEntry(from), await session.locateEntry(to)];
    const found = await lstat(source).catch(ifMissing(undefined));
    const image = await readImage(target, session.undo);
    // The system reports that there is no such file.
    if (!found && image.kind === 'none') await lstat(source);
    if (found) refuseOverwrite('move', input, image);
    return { from, to, hasSource: found !== undefined, image, missing: await missingFolders(session, to) };
  },
  compare: ({ from, to }, { hasSource, image }) =>
    hasSource
      ? [
          { what: `'${from}'`, from: from, to },
          ...(image.kind === 'none' ? [] : [{ what: `'${to}' as it was`, from: imageText(image) }]),
        ]
      : [],
  async apply(session, { from, to }, { image }) {
    const [source, target] = [await session.locateEntry(from), await session.locateEntry(to)];
    await session.undo.prepare();
    await session.undo.keep(target, image);
    session.guard();
    await renameDurably(source, target);
  },
  expect: () => undefined,
  reverse: (before) =>
    canBeRestored(before.image)
      ? {
          possible: true,
          summary: `move '${before.to}' back to '${before.from}'`,
          perform: (session) => moveBack(session, before),
        }
      : { possible: false, reason: `what was at '${before.to}' is no file, folder or link` },
};

async function moveBack(session: FileSession, { from, to, image, missing }: MoveBefore): Promise<void> {
  const [source, target] = [await session.locateEntry(from), await session.locateEntry(to)];
  const [old, moved] = await Promise.all(
    [source, target].map((path) => lstat(path).catch(ifMissing(undefined))),
  );
  session.guard();
  if (!old && moved) await renameDurably(target, source);
  if (image.kind !== 'none') await restoreImage(target, image, session.undo);
  await removeMadeFolders(session, missing);
}

async function renameDurably(source: string, target: string): Promise<void> {
  await makeDirectoryDurably(dirname(target));
  await rename(source, target);
  await syncDirectory(dirname(target));
  await syncDirectory(dirname(source));
}
