import { lstat, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Recipe } from '../../../core/recipe.js';
import { makeDirectoryDurably, syncDirectory } from '../durable.js';
import { canBeRestored, type EntryImage, imageText } from '../entry-image.js';
import type { FileSession } from '../file-session.js';
import { missingFolders, removeMadeFolders } from '../made-folders.js';
import { ifMissing } from '../node-error.js';
import { readImage } from '../read-image.js';
import { restoreImage } from '../restore-image.js';
import { refuseOverwrite, type TransferInput } from './transfer.js';

interface MoveBefore {
  readonly from: string;
  readonly to: string;
  readonly hasSource: boolean;
  /** What is at the new place. */
  readonly image: EntryImage;
  readonly missing: readonly string[];
}

/** Gives a file or a folder another place. One that is gone, with something at the new place, was moved before. */
export const moveRecipe: Recipe<FileSession, TransferInput, MoveBefore> = {
  operation: 'filesystem.move',
  describe: ({ from, to }) => `move '${from}' to '${to}'`,
  async read(session, input) {
    const { from, to } = input;
    const [source, target] = [await session.locateEntry(from), await session.locateEntry(to)];
    const found = await lstat(source).catch(ifMissing(undefined));
    const image = await readImage(target, session.undo);
    // The system says that there is no such file.
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
