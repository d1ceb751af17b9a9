import type { Difference, Recipe } from '../../../core/model/recipe.js';
import { writeDurably } from '../files/durable.js';
import { bytesText, type EntryImage, imageText } from '../undo/entry-image.js';
import type { FileSession } from '../files/file-session.js';
import { readRegular, refuseSpecialAt } from '../files/regular-file.js';
import { type LocationBefore, locationReversal, readLocationBefore } from '../undo/location-before.js';

/** How many changed lines of a file a preview shows. */
const MOST_LINES = 20;

/** The differences between a file and its new content: line by line when both are texts and the old one is in memory. */
export function contentDifferences(path: string, before: EntryImage, data: Uint8Array): Difference[] {
  const what = `file '${path}'`;
  if (before.kind !== 'file') return [{ what, to: bytesText(data.length) }];
  const old = 'base64' in before.content ? textOf(Buffer.from(before.content.base64, 'base64')) : undefined;
  const text = textOf(data);
  if (old === undefined || text === undefined || data.length > 64 * 1024)
    return [{ what, from: imageText(before), to: bytesText(data.length) }];
  const lines = lineDifferences(path, old.split('\n'), text.split('\n'));
  return lines.length > MOST_LINES
    ? [...lines.slice(0, MOST_LINES), { what: `${lines.length - MOST_LINES} more lines`, from: '…', to: '…' }]
    : lines;
}

/** The lines between the common beginning and the common end of both texts. */
function lineDifferences(path: string, from: readonly string[], to: readonly string[]): Difference[] {
  const limit = Math.min(from.length, to.length);
  const head = countWhile(limit, (index) => from[index] === to[index]);
  const tail = countWhile(limit - head, (index) => from.at(-1 - index) === to.at(-1 - index));
  const [left, right] = [from.length - head - tail, to.length - head - tail];
  return Array.from({ length: Math.max(left, right) }, (_, index) => ({
    what: `'${path}' line ${head + index + 1}`,
    ...(index < left && { from: from[head + index] ?? '' }),
    ...(index < right && { to: to[head + index] ?? '' }),
  }));
}

function countWhile(limit: number, holds: (index: number) => boolean): number {
  let count = 0;
  while (count < limit && holds(count)) count += 1;
  return count;
}

function textOf(data: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    return undefined;
  }
}

/** A file and its whole new content. */
export interface WriteFileInput {
  readonly path: string;
  readonly data: Uint8Array;
}

interface WriteFileBefore extends LocationBefore {
  readonly unchanged: boolean;
}

/** Replaces a file as a whole, or creates it with its folders. */
export const writeFileRecipe: Recipe<FileSession, WriteFileInput, WriteFileBefore> = {
  operation: 'filesystem.write',
  describe: ({ path }) => `write '${path}'`,
  async read(session, { path, data }) {
    const unchanged = await isContent(await session.locate(path), path, data);
    return { ...(await readLocationBefore(session, path)), unchanged };
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
  reverse: locationReversal,
};

/** Whether a file has this content. The system refuses a folder with an error of its own. */
async function isContent(file: string, path: string, data: Uint8Array): Promise<boolean> {
  const found = await refuseSpecialAt(file, path);
  if (!found || (!found.isDirectory() && !(found.isFile() && found.size === data.length))) return false;
  return (await readRegular(file, path)).equals(data);
}
