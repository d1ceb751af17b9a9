import { resolve } from 'node:path';
import {
  type OpenRecipeAttempt,
  type RecipeAttempt,
  RecipeTargetSystem,
} from '../../core/kit/recipe-target-system.js';
import { TargetSystemError } from '../../core/model/errors.js';
import { type FileLocation, type FileSession, fileSession } from './files/file-session.js';
import { FileSystemClient } from './filesystem.client.js';

/** Where the files are. */
export interface FileSystemTargetSystemOptions {
  /** The folder that changes may write below; relative to the working directory. Created at the first write. */
  readonly root: string;
  /**
   * Name of a folder in the root for copies of files that are larger than 64 KiB and are replaced or removed, so that they can be
   * put back. Changes can neither see nor reach it. The copies of a change stay until the next change first writes here.
   *
   * @default '.flamingock'
   */
  readonly undoFolder?: string;
}

/** A folder as a target system. It has no transactions: every call takes effect at once.
 *
 * Clients: `FileSystemClient` (the main one), and `Recipes`. */
export class FileSystemTargetSystem extends RecipeTargetSystem<FileSession> {
  readonly kind = 'filesystem';
  /** Absolute. */
  readonly root: string;
  readonly undoFolder: string;

  /** @throws TargetSystemError when `undoFolder` is more than the name of one folder */
  constructor(id: string, { root, undoFolder = '.flamingock' }: FileSystemTargetSystemOptions) {
    if (!/^(?!\.{1,2}$)[^/\\\0]+$/.test(undoFolder)) throw noName(id, undoFolder);
    const location = { root: resolve(root), undoFolder };
    super(id, { open: (attempt) => openFiles(location, attempt) });
    this.root = location.root;
    this.undoFolder = undoFolder;
  }
}

function openFiles(location: FileLocation, { scope, gate }: RecipeAttempt): OpenRecipeAttempt<FileSession> {
  const session = fileSession(location, scope);
  return {
    session,
    clients: (perform) => {
      const client = new FileSystemClient({ ...location, session, read: gate.perform, perform });
      return [{ token: FileSystemClient, instance: client }];
    },
  };
}

function noName(id: string, undoFolder: string): TargetSystemError {
  return new TargetSystemError(
    `The undoFolder '${undoFolder}' of target system '${id}' is no name of a folder.`,
    {
      fix: ["give it the name of one folder in the root, such as '.undo'"],
    },
  );
}
