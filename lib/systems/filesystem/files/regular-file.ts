import { constants, type Stats } from 'node:fs';
import { type FileHandle, stat } from 'node:fs/promises';
import { TargetSystemError } from '../../../core/model/errors.js';
import { ifMissing } from './node-error.js';
import { openRegular } from './unfinished-file.js';

/** The content of a file. @param name - the path as the change gave it, for errors */
export function readRegular(path: string, name: string): Promise<Buffer> {
  return withRegular(path, name, (file) => file.readFile());
}

/** Opens a file for reading, runs `work` and closes it. @throws TargetSystemError for a pipe, a socket or a device, which is not opened */
export async function withRegular<T>(
  path: string,
  name: string,
  work: (file: FileHandle) => Promise<T>,
): Promise<T> {
  refuseSpecial(await stat(path), name);
  const file = await openRegular(path, constants.O_RDONLY);
  try {
    // Another file may have taken its place.
    refuseSpecial(await file.stat(), name);
    return await work(file);
  } finally {
    await file.close();
  }
}

/** What is at a path; undefined when there is nothing. @throws TargetSystemError for a pipe, a socket or a device */
export async function refuseSpecialAt(path: string, name: string): Promise<Stats | undefined> {
  const found = await stat(path).catch(ifMissing(undefined));
  if (found) refuseSpecial(found, name);
  return found;
}

/** Whether two files have the same content; neither is read into memory as a whole. */
export async function sameFiles(one: string, other: string): Promise<boolean> {
  return withRegular(one, one, (a) => withRegular(other, other, (b) => sameContent(a, b)));
}

async function sameContent(a: FileHandle, b: FileHandle): Promise<boolean> {
  const [found, wanted] = await Promise.all([a.stat(), b.stat()]);
  if (found.ino === wanted.ino && found.dev === wanted.dev) return true;
  if (found.size !== wanted.size) return false;
  const [left, right] = [Buffer.alloc(64 * 1024), Buffer.alloc(64 * 1024)];
  for (let at = 0; at < found.size;) {
    const { bytesRead } = await a.read(left, 0, left.length, at);
    await b.read(right, 0, bytesRead, at);
    if (bytesRead === 0 || !left.subarray(0, bytesRead).equals(right.subarray(0, bytesRead))) return false;
    at += bytesRead;
  }
  return true;
}

// The system refuses folders with an error of its own.
function refuseSpecial(found: Stats, name: string): void {
  if (found.isFile() || found.isDirectory()) return;
  const kind = found.isFIFO() ? 'a pipe' : found.isSocket() ? 'a socket' : 'a device';
  throw new TargetSystemError(`'${name}' is ${kind}, no file: it is neither read nor written.`, {
    fix: ['take another path', `or remove it first: files.remove('${name}')`],
  });
}
