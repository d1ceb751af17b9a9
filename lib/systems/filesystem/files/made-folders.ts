import { lstat, rmdir } from 'node:fs/promises';
import { dirname, normalize } from 'node:path';
import type { FileSession } from './file-session.js';
import { ifMissing, isNodeError } from './node-error.js';
import { syncDirectory } from './durable.js';

/** The parents of `path` that do not exist, the innermost first. Relative to the root. */
export async function missingFolders(session: FileSession, path: string): Promise<string[]> {
  const missing: string[] = [];
  for (let folder = dirname(normalize(path)); ; folder = dirname(folder)) {
    const found = await lstat(await session.locate(folder)).catch(ifMissing(undefined));
    if (found) return missing;
    missing.push(folder);
    if (folder === '.') return missing;
  }
}

/** Removes folders that an operation created, unless something is in them meanwhile. */
export async function removeMadeFolders(session: FileSession, folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    const path = await session.locate(folder);
    // On a read-only disk the system refuses to remove even a folder that does not exist.
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
