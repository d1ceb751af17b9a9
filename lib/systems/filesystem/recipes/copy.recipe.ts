import { stat } from 'node:fs/promises';
import type { Recipe } from '../../../core/recipe.js';
import { writeDurably } from '../durable.js';
import { type EntryImage, imageText } from '../entry-image.js';
import type { FileSession } from '../file-session.js';
import { readRegular } from '../regular-file.js';
import { type PlaceBefore, placeReversal, readPlace } from './written-file.js';
import { refuseOverwrite, type TransferInput } from './transfer.js';

interface CopyBefore extends PlaceBefore {
  readonly bytes: number;
  /** The same content and permissions are at the new place. */
  readonly done: boolean;
}

/** Copies a file, with its permissions. */
export const copyRecipe: Recipe<FileSession, TransferInput, CopyBefore> = {
  operation: 'filesystem.copy',
  describe: ({ from, to }) => `copy '${from}' to '${to}'`,
  async read(session, input) {
    const source = await session.locate(input.from);
    const { size: bytes, mode } = await stat(source);
    const before = await readPlace(session, input.to);
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
  reverse: placeReversal,
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
