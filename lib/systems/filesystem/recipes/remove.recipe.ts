import { lstat, rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Recipe } from '../../../core/model/recipe.js';
import { syncDirectory } from '../files/durable.js';
import { canBeRestored, type EntryImage, imageText } from '../undo/entry-image.js';
import type { FileSession } from '../files/file-session.js';
import { readImage } from '../undo/read-image.js';
import { restoreImage } from '../undo/restore-image.js';

/** The file, link or folder to remove. */
export interface RemoveInput {
  readonly path: string;
  /** Removes a folder with its content. */
  readonly recursive: boolean;
}

interface RemoveBefore {
  readonly path: string;
  readonly image: EntryImage;
}

/** Removes a file, a link (not its target) or a folder. */
export const removeRecipe: Recipe<FileSession, RemoveInput, RemoveBefore, boolean> = {
  operation: 'filesystem.remove',
  describe: ({ path }) => `remove '${path}'`,
  async read(session, { path, recursive }) {
    const image = await readImage(await session.locateEntry(path), session.undo);
    // Without `recursive`, the system refuses a folder that is not empty, so its content need not be kept.
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
