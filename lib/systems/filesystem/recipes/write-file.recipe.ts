import type { Recipe } from '../../../core/recipe.js';
import { writeDurably } from '../durable.js';
import type { FileSession } from '../file-session.js';
import { readRegular, refuseSpecialAt } from '../regular-file.js';
import { contentDifferences } from '../text-differences.js';
import { type PlaceBefore, placeReversal, readPlace } from './written-file.js';

/** A file and all that is to be in it. */
export interface WriteFileInput {
  readonly path: string;
  readonly data: Uint8Array;
}

interface WriteFileBefore extends PlaceBefore {
  readonly unchanged: boolean;
}

/** Replaces a file as a whole, or makes it, with its folders. */
export const writeFileRecipe: Recipe<FileSession, WriteFileInput, WriteFileBefore> = {
  operation: 'filesystem.write',
  describe: ({ path }) => `write '${path}'`,
  async read(session, { path, data }) {
    const unchanged = await isContent(await session.locate(path), path, data);
    return { ...(await readPlace(session, path)), unchanged };
  },
  compare: ({ path, data }, { image, unchanged }) => (unchanged ? [] : contentDifferences(path, image, data)),
  async apply(session, { path, data }, { image }) {
    const file = await session.locate(path);
    await session.undo.prepare();
    await session.undo.keep(file, image);
    session.guard();
    await writeDurably(file, data, { whileUnfinished: session.undo.whileUnfinished });
  },
  expect: () => undefined,
  reverse: placeReversal,
};

/** A folder of that name is refused by the system, with its own error. */
async function isContent(file: string, path: string, data: Uint8Array): Promise<boolean> {
  const found = await refuseSpecialAt(file, path);
  if (!found || (!found.isDirectory() && !(found.isFile() && found.size === data.length))) return false;
  return (await readRegular(file, path)).equals(data);
}
