import { readdir, stat } from 'node:fs/promises';
import type { Recipe } from '../../../core/recipe.js';
import { makeDirectoryDurably } from '../durable.js';
import type { FileSession } from '../file-session.js';
import { missingFolders, removeMadeFolders } from '../made-folders.js';
import { ifMissing } from '../node-error.js';

interface MakeDirectoryBefore {
  readonly path: string;
  readonly isFolder: boolean;
  /** The folder itself and those on the way that are not there yet; the last one first. */
  readonly missing: readonly string[];
}

/** Makes a folder and those above it. */
export const makeDirectoryRecipe: Recipe<FileSession, { readonly path: string }, MakeDirectoryBefore> = {
  operation: 'filesystem.make-directory',
  describe: ({ path }) => `make '${path}'`,
  async read(session, { path }) {
    const folder = await session.locate(path);
    const found = await stat(folder).catch(ifMissing(undefined));
    // The system says that it is no folder.
    if (found && !found.isDirectory()) await readdir(folder);
    const above = await missingFolders(session, path);
    return { path, isFolder: found?.isDirectory() ?? false, missing: found ? above : [path, ...above] };
  },
  compare: (_, { isFolder, missing }) =>
    isFolder ? [] : [...missing].reverse().map((folder) => ({ what: `folder '${folder}'`, to: '' })),
  async apply(session, { path }) {
    const folder = await session.locate(path);
    await session.undo.prepare();
    session.guard();
    await makeDirectoryDurably(folder);
  },
  expect: () => undefined,
  reverse: ({ path, missing }) => ({
    possible: true,
    summary: `remove the folder '${path}', unless something else is in it`,
    async perform(session) {
      session.guard();
      await removeMadeFolders(session, missing);
    },
  }),
};
