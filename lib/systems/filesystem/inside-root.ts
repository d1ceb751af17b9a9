import { lstat, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { TargetSystemError } from '../../core/errors.js';
import { isNodeError } from './node-error.js';

/**
 * Where `path` is in truth, every link followed; it need not exist.
 *
 * Keeps mistakes inside the root. It is no fence against a process that swaps a folder for a link at the same moment.
 *
 * @throws TargetSystemError when it is not below the root
 */
export async function locate(root: string, path: string): Promise<string> {
  return locateInside(root, path, lexicallyInside(root, path));
}

/** Where the entry named `path` is, which may be a link: only the folders that lead to it are followed. */
export async function locateEntry(root: string, path: string): Promise<string> {
  const absolute = lexicallyInside(root, path);
  if (absolute === resolve(root)) throw outside(root, path, 'it is the root itself');
  return join(
    await locateInside(root, path, dirname(absolute)),
    absolute.slice(dirname(absolute).length + 1),
  );
}

async function locateInside(root: string, path: string, absolute: string): Promise<string> {
  const [realRoot, real] = await Promise.all([realPathOf(root), realPathOf(absolute)]);
  if (!realRoot) throw outside(root, path, 'the root is a link whose target is missing');
  if (!real) throw outside(root, path, 'there is a link on the way whose target is missing');
  if (!isBelow(realRoot, real)) throw outside(root, path, 'a link leads out of it');
  return real;
}

function lexicallyInside(root: string, path: string): string {
  const absolute = resolve(root, path);
  if (isAbsolute(path)) throw outside(root, path, 'it is absolute');
  if (!isBelow(resolve(root), absolute)) throw outside(root, path, "its '..' lead out of it");
  return absolute;
}

function isBelow(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Follows the links of the part that exists and adds the rest; undefined when a link leads nowhere. */
async function realPathOf(path: string): Promise<string | undefined> {
  if (await isEntry(path))
    return realpath(path).catch((error: unknown) => {
      if (isNodeError(error, 'ENOENT', 'ELOOP')) return undefined;
      throw error;
    });
  const parent = await realPathOf(dirname(path));
  return parent && join(parent, path.slice(dirname(path).length));
}

async function isEntry(path: string): Promise<boolean> {
  if (dirname(path) === path) return true;
  return lstat(path).then(
    () => true,
    (error: unknown) => {
      if (isNodeError(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return false;
      throw error;
    },
  );
}

function outside(root: string, path: string, why: string): TargetSystemError {
  return new TargetSystemError(
    `The path '${path}' is refused, because it must lie below the root '${root}': ${why}.`,
    {
      fix: [
        'give a path relative to the root of the target system',
        'or add a FileSystemTargetSystem with another root',
      ],
    },
  );
}
