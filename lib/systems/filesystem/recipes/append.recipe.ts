import { rm, stat } from 'node:fs/promises';
import type { Recipe, Reversal } from '../../../core/recipe.js';
import { appendDurably, truncateDurably } from '../append.js';
import { bytesText } from '../entry-image.js';
import type { FileSession } from '../file-session.js';
import { missingFolders, removeMadeFolders } from '../made-folders.js';
import { ifMissing } from '../node-error.js';
import { refuseSpecialAt, withRegular } from '../regular-file.js';

/** A file and what is to be added to it. */
export interface AppendInput {
  readonly path: string;
  readonly data: Uint8Array;
}

interface AppendBefore {
  readonly path: string;
  /** Length of the file; absent when there is none. */
  readonly bytes?: number;
  /** It ends with the data already. */
  readonly done: boolean;
  readonly missing: readonly string[];
}

/**
 * Adds to the end of a file, or makes it.
 *
 * The first time that a change appends to a file, what the file ends with already is not added again: so an attempt may follow
 * on one that died. From the second time on it is, for a change may well add the same line twice.
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
