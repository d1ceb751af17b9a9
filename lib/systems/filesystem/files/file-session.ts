import type { Stats } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { TargetSystemError } from '../../../core/model/errors.js';
import type { AttemptScope } from '../../../core/model/target-system.js';
import { isNodeError } from './node-error.js';
import { isReserved, UndoFolder } from '../undo/undo-folder.js';

/**
 * The real path of `path`, every link followed; it need not exist.
 *
 * Protects against mistakes only: a process that replaces a folder by a link at the same moment can lead outside the root.
 *
 * @throws TargetSystemError when it is not below the root
 */
export async function locate(root: string, path: string): Promise<string> {
  return locateInside(root, path, lexicallyInside(root, path));
}

/** As `locate`, but a link at the end of the path is not followed. */
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

/** Follows the links of the part that exists and appends the rest; undefined when the target of a link is missing. */
async function realPathOf(path: string): Promise<string | undefined> {
  if (!(await entryAt(path))) {
    const parent = await realPathOf(dirname(path));
    return parent && join(parent, path.slice(dirname(path).length));
  }
  const real = await realpath(path).catch(unlessAbsent);
  if (real !== undefined || (await entryAt(path))?.isSymbolicLink()) return real;
  // Somebody has removed it between the two looks: that makes no link of it.
  return realPathOf(path);
}

async function entryAt(path: string): Promise<Stats | undefined> {
  return lstat(path).catch(unlessAbsent);
}

function unlessAbsent(error: unknown): undefined {
  if (!isNodeError(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) throw error;
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

/** What the recipes of one attempt work through. */
export interface FileSession {
  /** Keeps copies of content that is too large for memory. */
  readonly undo: UndoFolder;
  /** For each file that the attempt has appended to, the check of its end before the first append. */
  readonly appends: Map<string, Promise<unknown>>;
  /** The real path of a file or folder, every link followed. @throws TargetSystemError when it is not below the root, or is reserved */
  locate(path: string): Promise<string>;
  /** As `locate`, but a link at the end of the path is not followed. */
  locateEntry(path: string): Promise<string>;
  /** Asked right before an effect. @throws when the effect must not happen */
  guard(): void;
}

/** The location of a target system. */
export interface FileLocation {
  /** Absolute. */
  readonly root: string;
  /** Name of the reserved folder in the root. */
  readonly undoFolder: string;
}

/** The session of one attempt below a root. */
export function fileSession({ root, undoFolder }: FileLocation, scope: AttemptScope): FileSession {
  const find =
    (way: typeof locate) =>
    async (path: string): Promise<string> => {
      const [found, reserved] = await Promise.all([way(root, path), locate(root, undoFolder)]);
      if (isReserved(reserved, found)) throw refused(path, undoFolder);
      return found;
    };
  return {
    undo: new UndoFolder(join(root, undoFolder), scope),
    appends: new Map(),
    locate: find(locate),
    locateEntry: find(locateEntry),
    guard: () => scope.guard(),
  };
}

function refused(path: string, undoFolder: string): TargetSystemError {
  return new TargetSystemError(
    `The path '${path}' is refused: '${undoFolder}' is where Flamingock keeps what it may have to put back.`,
    { fix: ['take another path', 'or name another folder: new FileSystemTargetSystem(id, { undoFolder })'] },
  );
}
