import { join } from 'node:path';
import { TargetSystemError } from '../../core/errors.js';
import type { AttemptScope } from '../../core/target-system.js';
import { locate, locateEntry } from './inside-root.js';
import { isReserved, UndoFolder } from './undo-folder.js';

/** The files of one attempt, as its recipes work with them. */
export interface FileSession {
  /** Where what is too large to be kept in memory is kept, to be put back. */
  readonly undo: UndoFolder;
  /** For each file that this client appends to, the look at its end that came before the first time. */
  readonly appends: Map<string, Promise<unknown>>;
  /** The real path of a file or folder, links followed. @throws TargetSystemError when it is not below the root, or reserved */
  locate(path: string): Promise<string>;
  /** As `locate`, but for a link at the end of the path, which is not followed. */
  locateEntry(path: string): Promise<string>;
  /** Asked right before an effect. @throws when it must not happen */
  guard(): void;
}

/** What of a target system a session is made of. */
export interface FilePlace {
  /** Absolute. */
  readonly root: string;
  /** Name of the reserved folder in the root. */
  readonly undoFolder: string;
}

/** The files below a root for one attempt. */
export function fileSession({ root, undoFolder }: FilePlace, scope: AttemptScope): FileSession {
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
