import type { Stats } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type EntryImage, type FileContent, INLINE_BYTES } from './entry-image.js';
import { ifMissing } from '../files/node-error.js';
import { readRegular } from '../files/regular-file.js';
import { isUnfinished } from '../files/unfinished-file.js';
import type { UndoFolder } from './undo-folder.js';

/** How many more bytes of content may be read into the image. */
interface Budget {
  left: number;
}

/** Reads what is at a path. Copies nothing yet: large content only gets the name of its future copy. */
export async function readImage(
  path: string,
  undo: Pick<UndoFolder, 'nameFor'>,
  budget: Budget = { left: INLINE_BYTES },
): Promise<EntryImage> {
  const found = await lstat(path).catch(ifMissing(undefined));
  if (!found) return { kind: 'none' };
  const mode = found.mode & 0o7777;
  if (found.isFile())
    return { kind: 'file', mode, bytes: found.size, content: await readContent(path, found, undo, budget) };
  if (found.isSymbolicLink()) return { kind: 'link', to: await readlink(path) };
  if (!found.isDirectory()) return { kind: 'other' };
  const entries = [];
  for (const name of (await readdir(path)).filter((one) => !isUnfinished(one)).sort())
    entries.push({ name, image: await readImage(join(path, name), undo, budget) });
  return { kind: 'folder', mode, entries };
}

async function readContent(
  path: string,
  found: Stats,
  undo: Pick<UndoFolder, 'nameFor'>,
  budget: Budget,
): Promise<FileContent> {
  if (found.size > budget.left) return { kept: undo.nameFor(path, found) };
  budget.left -= found.size;
  return { base64: (await readRegular(path, path)).toString('base64') };
}
