import { lstat, rmdir } from 'node:fs/promises';
import { dirname, normalize } from 'node:path';
import type { FileSession } from './file-session.js';
import { ifMissing, isNodeError } from './node-error.js';
import { syncDirectory } from './durable.js';

/** The folders on the way to `path` that are not there, and that it would make; the last one first. Relative to the root. */
export async function missingFolders(session: FileSession, path: string): Promise<string[]> {
  const missing: string[] = [];
  for (let folder = dirname(normalize(path)); ; folder = dirname(folder)) {
    const found = await lstat(await session.locate(folder)).catch(ifMissing(undefined));
    if (found) return missing;
    missing.push(folder);
    if (folder === '.') return missing;
  }
}

/** Removes folders that an operation made, unless there is something in them meanwhile. */
export async function removeMadeFolders(session: FileSession, folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    const path = await session.locate(folder);
    // Where nothing can be written, the system refuses before it looks.
    if (!(await lstat(path).catch(ifMissing(undefined)))) continue;
    const gone = await rmdir(path).then(() => true, ifInUse);
    if (gone) await syncDirectory(dirname(path)).catch(ifMissing(undefined));
  }
}

function ifInUse(error: unknown): boolean {
  if (isNodeError(error, 'ENOENT', 'ENOTDIR')) return false;
  if (isNodeError(error, 'ENOTEMPTY', 'EEXIST')) return false;
  throw error;
}
