import type { Reversal } from '../../../core/model/recipe.js';
import { canBeRestored, type EntryImage } from './entry-image.js';
import type { FileSession } from '../files/file-session.js';
import { missingFolders, removeMadeFolders } from '../files/made-folders.js';
import { readImage } from './read-image.js';
import { restoreImage } from './restore-image.js';

/** What is at a path before a file is written there. */
export interface LocationBefore {
  /** Relative to the root. */
  readonly path: string;
  readonly image: EntryImage;
  /** The parents that do not exist yet, the innermost first. */
  readonly missing: readonly string[];
}

/** Reads what is at a path. Writes nothing. @throws TargetSystemError when the path is not below the root */
export async function readLocationBefore(session: FileSession, path: string): Promise<LocationBefore> {
  const [image, missing] = [
    await readImage(await session.locate(path), session.undo),
    await missingFolders(session, path),
  ];
  return { path, image, missing };
}

/** Restores what was at a path, and removes the folders that were created for the file. */
async function restoreLocation(session: FileSession, before: LocationBefore): Promise<void> {
  const path = await session.locate(before.path);
  session.guard();
  await restoreImage(path, before.image, session.undo);
  await removeMadeFolders(session, before.missing);
}

/** The way back for a file that was written. */
export function locationReversal(before: LocationBefore): Reversal<FileSession> {
  const { path, image } = before;
  if (!canBeRestored(image))
    return { possible: false, reason: `what was at '${path}' is no file, folder or link` };
  return {
    possible: true,
    summary: image.kind === 'none' ? `remove '${path}'` : `put back '${path}'`,
    perform: (session) => restoreLocation(session, before),
  };
}
