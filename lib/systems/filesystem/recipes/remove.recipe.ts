import { lstat, rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Recipe } from '../../../core/recipe.js';
import { syncDirectory } from '../durable.js';
import { canBeRestored, type EntryImage, imageText } from '../entry-image.js';
import type { FileSession } from '../file-session.js';
import { readImage } from '../read-image.js';
import { restoreImage } from '../restore-image.js';

/** A file, a link or a folder that is to go. */
export interface RemoveInput {
  readonly path: string;
  /** With all that is in it. */
  readonly recursive: boolean;
}

interface RemoveBefore {
  readonly path: string;
  readonly image: EntryImage;
}

/** Removes a file, a link (not what it leads to) or a folder. */
export const removeRecipe: Recipe<FileSession, RemoveInput, RemoveBefore, boolean> = {
  operation: 'filesystem.remove',
  describe: ({ path }) => `remove '${path}'`,
  async read(session, { path, recursive }) {
    const image = await readImage(await session.locateEntry(path), session.undo);
    // A full folder that must not be removed is refused by the system; nothing of it needs to be kept.
    if (image.kind === 'folder' && !recursive) return { path, image: { ...image, entries: [] } };
    return { path, image };
  },
  compare: ({ path }, { image }) =>
    image.kind === 'none' ? [] : [{ what: `'${path}'`, from: imageText(image) }],
  async apply(session, { path, recursive }, { image }) {
    const entry = await session.locateEntry(path);
    await session.undo.prepare();
    await session.undo.keep(entry, image);
    session.guard();
    const isFolder = (await lstat(entry)).isDirectory();
    await (isFolder && !recursive ? rmdir(entry) : rm(entry, { recursive }));
    await syncDirectory(dirname(entry));
    return true;
  },
  expect: (_, { image }) => image.kind !== 'none',
  reverse: (before) =>
    canBeRestored(before.image)
      ? {
          possible: true,
          summary: `put back '${before.path}'`,
          perform: (session) => putBack(session, before),
        }
      : {
          possible: false,
          reason: `there is something in '${before.path}' that is no file, folder or link`,
        },
};

async function putBack(session: FileSession, { path, image }: RemoveBefore): Promise<void> {
  const entry = await session.locateEntry(path);
  session.guard();
  await restoreImage(entry, image, session.undo);
}
