import { lstat, readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { TargetSystemError } from '../../core/model/errors.js';
import type { PerformRecipe } from '../../core/model/recipe.js';
import type { FileSession } from './files/file-session.js';
import { ifMissing } from './files/node-error.js';
import { appendRecipe } from './recipes/append.recipe.js';
import { makeDirectoryRecipe } from './recipes/make-directory.recipe.js';
import { removeRecipe } from './recipes/remove.recipe.js';
import { copyRecipe, moveRecipe } from './recipes/transfer.recipes.js';
import { writeFileRecipe } from './recipes/write-file.recipe.js';
import { readRegular } from './files/regular-file.js';
import { isUnfinished } from './files/unfinished-file.js';

/** How a client reaches the files. */
export interface FileSystemAccess {
  readonly root: string;
  /** Name of the reserved folder in the root, which changes do not see. */
  readonly undoFolder: string;
  readonly session: Pick<FileSession, 'locate' | 'locateEntry' | 'guard'>;
  /** Runs a call that only reads, through the gate. @throws when the gate refuses it */
  read<T>(call: string, work: () => Promise<T>): Promise<T>;
  /** Runs a recipe, or previews it. */
  readonly perform: PerformRecipe<FileSession>;
}

/** What `move` and `copy` do when the target exists. */
export interface ReplaceOptions {
  /** True to replace the target. @default false: they throw */
  readonly overwrite?: boolean;
}

/**
 * The client of a file system target system: files below its root.
 *
 * Paths are relative to the root and cannot leave it, neither by `..` nor by links. When a call resolves, its effect is on disk.
 * Errors of the operating system are those of Node.js, with their `code`.
 *
 * Each method that changes something is a recipe: it can be previewed, and `recipes.undo()` in `@Rollback` restores content and
 * permissions.
 */
export class FileSystemClient {
  readonly #access: FileSystemAccess;

  /** @internal */
  constructor(access: FileSystemAccess) {
    this.#access = access;
  }

  /** The text of a file, read as UTF-8. */
  read(path: string): Promise<string> {
    return this.#read('read', path, async (file) => (await readRegular(file, path)).toString('utf8'));
  }

  /** The content of a file. */
  readBytes(path: string): Promise<Buffer> {
    return this.#read('read', path, (file) => readRegular(file, path));
  }

  /** @throws TargetSystemError when the file is not JSON */
  async readJson(path: string): Promise<unknown> {
    const text = await this.read(path);
    try {
      return JSON.parse(text) as unknown;
    } catch (cause) {
      throw new TargetSystemError(`The file '${path}' below '${this.#access.root}' is not JSON.`, { cause });
    }
  }

  /**
   * Replaces a file as a whole, or creates it with its folders. A crash leaves the old content or the new one. Does nothing when the
   * file has this content.
   */
  write(path: string, data: string | Uint8Array): Promise<void> {
    return this.#access.perform(writeFileRecipe, { path, data: Buffer.from(data) });
  }

  /** Writes a value as JSON, indented by two spaces; otherwise as `write`. @throws TargetSystemError for a value that JSON can't express */
  async writeJson(path: string, value: unknown): Promise<void> {
    const text: string | undefined = JSON.stringify(value, undefined, 2);
    if (text === undefined)
      throw new TargetSystemError(`What was to be written to '${path}' cannot be said in JSON.`);
    await this.write(path, `${text}\n`);
  }

  /**
   * Adds to the end of a file, or creates it. A crash may leave a part of the data.
   *
   * A change's first append to a file adds nothing when the file ends with the data already, so that an attempt after a crash adds
   * nothing twice. Later appends of the change always add the data.
   */
  append(path: string, data: string | Uint8Array): Promise<void> {
    return this.#access.perform(appendRecipe, { path, data: Buffer.from(data) });
  }

  /** Whether there is a file, a folder or a link at this path. */
  exists(path: string): Promise<boolean> {
    return this.#access.read(`look for '${path}'`, async () => {
      const entry = await this.#access.session.locateEntry(path);
      return (await lstat(entry).catch(ifMissing(undefined))) !== undefined;
    });
  }

  /** The names in a folder, sorted; empty when there is no such folder. Leaves out the reserved undo folder. */
  list(path = '.'): Promise<string[]> {
    const { root, undoFolder } = this.#access;
    return this.#read('list', path, async (directory) => {
      const names = await readdir(directory).catch(ifMissing<string[]>([]));
      const isRoot = resolve(root, path) === resolve(root);
      return names.filter((name) => !isUnfinished(name) && (!isRoot || name !== undoFolder)).sort();
    });
  }

  /** Creates a folder and its parents; no error when it exists. */
  makeDirectory(path: string): Promise<void> {
    return this.#access.perform(makeDirectoryRecipe, { path });
  }

  /**
   * Removes a file, a link (not its target) or an empty folder; with `recursive`, a folder with its content.
   *
   * @returns whether there was anything to remove
   */
  remove(path: string, { recursive = false }: { readonly recursive?: boolean } = {}): Promise<boolean> {
    return this.#access.perform(removeRecipe, { path, recursive });
  }

  /**
   * Moves a file or a folder, and creates the folders of its new path. Does nothing when it has been moved already: nothing is at the old
   * path, and something at the new one.
   */
  move(from: string, to: string, { overwrite = false }: ReplaceOptions = {}): Promise<void> {
    return this.#access.perform(moveRecipe, { from, to, overwrite });
  }

  /** Copies a file with its permissions, and creates the folders of its new path. Does nothing when the same copy exists already. */
  copy(from: string, to: string, { overwrite = false }: ReplaceOptions = {}): Promise<void> {
    return this.#access.perform(copyRecipe, { from, to, overwrite });
  }

  #read<T>(call: string, path: string, effect: (located: string) => Promise<T>): Promise<T> {
    const { session } = this.#access;
    return this.#access.read(`${call} '${path}'`, async () => {
      const located = await session.locate(path);
      session.guard();
      return effect(located);
    });
  }
}
