import { readdir, stat } from 'node:fs/promises';
import type { Recipe } from '../../../core/model/recipe.js';
import { makeDirectoryDurably } from '../files/durable.js';
import type { FileSession } from '../files/file-session.js';
import { missingFolders, removeMadeFolders } from '../files/made-folders.js';
import { ifMissing } from '../files/node-error.js';

interface MakeDirectoryBefore {
  readonly path: string;
  readonly isFolder: boolean;
  /** The folder and its parents, as far as they do not exist yet; the innermost first. */
  readonly missing: readonly string[];
}

/** Creates a folder and its parents. */
export const makeDirectoryRecipe: Recipe<FileSession, { readonly path: string }, MakeDirectoryBefore> = {
  operation: 'filesystem.make-directory',
  describe: ({ path }) => `make '${path}'`,
  async read(session, { path }) {
    const folder = await session.locate(path);
    const found = await stat(folder).catch(ifMissing(undefined));
    // The system reports that it is no folder.
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
