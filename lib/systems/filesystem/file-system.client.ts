import { lstat, readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { TargetSystemError } from '../../core/errors.js';
import type { PerformRecipe } from '../../core/recipe.js';
import type { FileSession } from './file-session.js';
import { ifMissing } from './node-error.js';
import { readRegular } from './regular-file.js';
import { isUnfinished } from './unfinished-file.js';
import { appendRecipe } from './recipes/append.recipe.js';
import { copyRecipe } from './recipes/copy.recipe.js';
import { makeDirectoryRecipe } from './recipes/make-directory.recipe.js';
import { moveRecipe } from './recipes/move.recipe.js';
import { removeRecipe } from './recipes/remove.recipe.js';
import { writeFileRecipe } from './recipes/write-file.recipe.js';

/** How a client reaches the files. */
export interface FileSystemAccess {
  readonly root: string;
  /** Name of the folder in the root that no change sees. */
  readonly undoFolder: string;
  readonly session: Pick<FileSession, 'locate' | 'locateEntry' | 'guard'>;
  /** Lets a call that reads happen, or throws. */
  read<T>(call: string, work: () => Promise<T>): Promise<T>;
  /** Does what changes something, or only tells it. */
  readonly perform: PerformRecipe<FileSession>;
}

/** What `move` and `copy` do when there is something at the new place. */
export interface ReplaceOptions {
  /** @default false: they throw */
  readonly overwrite?: boolean;
}

/**
 * The client of a file system target system: files below its root.
 *
 * Paths are relative to the root and cannot leave it, not by `..` and not by links. What a call has done when it
 * resolves is on disk. Errors of the system come as Node.js throws them, with their `code`.
 *
 * Whatever changes something knows how it is put back, content and permissions: `recipes.undo()` in `@Rollback`.
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
   * Replaces a file as a whole, or makes it, with its folders. A crash leaves the old content or the new one. A file that has
   * this content is left alone.
   */
  write(path: string, data: string | Uint8Array): Promise<void> {
    return this.#access.perform(writeFileRecipe, { path, data: Buffer.from(data) });
  }

  /** As `write`, indented by two blanks. */
  async writeJson(path: string, value: unknown): Promise<void> {
    const text: string | undefined = JSON.stringify(value, undefined, 2);
    if (text === undefined)
      throw new TargetSystemError(`What was to be written to '${path}' cannot be said in JSON.`);
    await this.write(path, `${text}\n`);
  }

  /**
   * Adds to the end of a file, or makes it. A crash may leave a part of what was added.
   *
   * The first time that a change appends to a file, nothing is added when the file ends with the data already: an attempt
   * that follows on one that died adds nothing twice. From the second time on it always is.
   */
  append(path: string, data: string | Uint8Array): Promise<void> {
    return this.#access.perform(appendRecipe, { path, data: Buffer.from(data) });
  }

  /** Whether there is a file, a folder or a link of that name. */
  exists(path: string): Promise<boolean> {
    return this.#access.read(`look for '${path}'`, async () => {
      const entry = await this.#access.session.locateEntry(path);
      return (await lstat(entry).catch(ifMissing(undefined))) !== undefined;
    });
  }

  /** The names in a folder, sorted; none when there is no such folder. Without the folder that undoing needs. */
  list(path = '.'): Promise<string[]> {
    const { root, undoFolder } = this.#access;
    return this.#read('list', path, async (directory) => {
      const names = await readdir(directory).catch(ifMissing<string[]>([]));
      const isRoot = resolve(root, path) === resolve(root);
      return names.filter((name) => !isUnfinished(name) && (!isRoot || name !== undoFolder)).sort();
    });
  }

  /** Makes a folder and those above it; no error when it is there. */
  makeDirectory(path: string): Promise<void> {
    return this.#access.perform(makeDirectoryRecipe, { path });
  }

  /**
   * Removes a file, a link (not what it leads to) or an empty folder; with `recursive`, all that is in it.
   *
   * @returns whether there was anything
   */
  remove(path: string, { recursive = false }: { readonly recursive?: boolean } = {}): Promise<boolean> {
    return this.#access.perform(removeRecipe, { path, recursive });
  }

  /**
   * Gives a file or a folder another place; makes the folders of that place. Nothing happens when it has been moved already:
   * nothing is at the old place, and something at the new one.
   */
  move(from: string, to: string, { overwrite = false }: ReplaceOptions = {}): Promise<void> {
    return this.#access.perform(moveRecipe, { from, to, overwrite });
  }

  /** Copies a file, with its permissions; makes the folders of the new place. A copy that is there already is left alone. */
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
