import type { Reversal } from '../../../core/recipe.js';
import { canBeRestored, type EntryImage } from '../entry-image.js';
import type { FileSession } from '../file-session.js';
import { missingFolders, removeMadeFolders } from '../made-folders.js';
import { readImage } from '../read-image.js';
import { restoreImage } from '../restore-image.js';

/** What is at a place that gets another content. */
export interface PlaceBefore {
  /** Relative to the root. */
  readonly path: string;
  readonly image: EntryImage;
  /** The folders on the way that are not there yet; the last one first. */
  readonly missing: readonly string[];
}

export async function readPlace(session: FileSession, path: string): Promise<PlaceBefore> {
  const [image, missing] = [
    await readImage(await session.locate(path), session.undo),
    await missingFolders(session, path),
  ];
  return { path, image, missing };
}

/** Puts back what was at a place, and takes away the folders that were made for it. */
export async function restorePlace(session: FileSession, before: PlaceBefore): Promise<void> {
  const path = await session.locate(before.path);
  session.guard();
  await restoreImage(path, before.image, session.undo);
  await removeMadeFolders(session, before.missing);
}

/** How a file that was written is put back. */
export function placeReversal(before: PlaceBefore): Reversal<FileSession> {
  const { path, image } = before;
  if (!canBeRestored(image))
    return { possible: false, reason: `what was at '${path}' is no file, folder or link` };
  return {
    possible: true,
    summary: image.kind === 'none' ? `remove '${path}'` : `put back '${path}'`,
    perform: (session) => restorePlace(session, before),
  };
}
