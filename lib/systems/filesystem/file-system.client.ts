import { lstat, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TargetSystemError } from '../../core/errors.js';
import { appendDurably, makeDirectoryDurably, syncDirectory, writeDurably } from './durable.js';
import { locate, locateEntry } from './inside-root.js';
import { isNodeError } from './node-error.js';

/** Lets a call happen, or throws. */
export interface FileSystemAccess {
  readonly root: string;
  perform<T>(call: string, work: () => Promise<T>): Promise<T>;
  /** Asked once more, right before the effect. */
  guard(): void;
}

/** What `move` and `copy` do when there is something at the new place. */
export interface ReplaceOptions {
  /** @default false: they throw */
  readonly overwrite?: boolean;
}

type Locate = typeof locate;

/**
 * The client of a file system target system: files below its root.
 *
 * Paths are relative to the root and cannot leave it, not by `..` and not by links. What a call has done when it
 * resolves is on disk. Errors of the system come as Node.js throws them, with their `code`.
 */
export class FileSystemClient {
  readonly #access: FileSystemAccess;

  /** @internal */
  constructor(access: FileSystemAccess) {
    this.#access = access;
  }

  /** The text of a file, read as UTF-8. */
  read(path: string): Promise<string> {
    return this.#at('read', path, locate, (file) => readFile(file, 'utf8'));
  }

  /** The content of a file. */
  readBytes(path: string): Promise<Buffer> {
    return this.#at('read', path, locate, (file) => readFile(file));
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

  /** Replaces a file as a whole, or makes it, with its folders. A crash leaves the old content or the new one. */
  write(path: string, data: string | Uint8Array): Promise<void> {
    return this.#at('write', path, locate, (file) => writeDurably(file, data));
  }

  /** As `write`, indented by two blanks. */
  async writeJson(path: string, value: unknown): Promise<void> {
    const text: string | undefined = JSON.stringify(value, undefined, 2);
    if (text === undefined)
      throw new TargetSystemError(`What was to be written to '${path}' cannot be said in JSON.`);
    await this.write(path, `${text}\n`);
  }

  /** Adds to the end of a file, or makes it. A crash may leave a part of what was added. */
  append(path: string, data: string | Uint8Array): Promise<void> {
    return this.#at('append to', path, locate, (file) => appendDurably(file, data));
  }

  /** Whether there is a file, a folder or a link of that name. */
  exists(path: string): Promise<boolean> {
    return this.#at('look for', path, locateEntry, isThere);
  }

  /** The names in a folder, sorted; none when there is no such folder. */
  list(path = '.'): Promise<string[]> {
    return this.#at('list', path, locate, async (directory) =>
      (await readdir(directory).catch(ifMissing<string[]>([]))).sort(),
    );
  }

  /** Makes a folder and those above it; no error when it is there. */
  makeDirectory(path: string): Promise<void> {
    return this.#at('make', path, locate, makeDirectoryDurably);
  }

  /**
   * Removes a file, a link (not what it leads to) or an empty folder; with `recursive`, all that is in it.
   *
   * @returns whether there was anything
   */
  remove(path: string, { recursive = false }: { readonly recursive?: boolean } = {}): Promise<boolean> {
    return this.#at('remove', path, locateEntry, async (entry) => {
      const found = await lstat(entry).catch(ifMissing(undefined));
      if (!found) return false;
      await (found.isDirectory() && !recursive ? rmdir(entry) : rm(entry, { recursive }));
      await syncDirectory(dirname(entry));
      return true;
    });
  }

  /** Gives a file or a folder another place; makes the folders of that place. */
  move(from: string, to: string, options: ReplaceOptions = {}): Promise<void> {
    return this.#between('move', from, to, options, locateEntry, async (source, target) => {
      await makeDirectoryDurably(dirname(target));
      await rename(source, target);
      await syncDirectory(dirname(target));
      await syncDirectory(dirname(source));
    });
  }

  /** Copies a file, with its permissions; makes the folders of the new place. */
  copy(from: string, to: string, options: ReplaceOptions = {}): Promise<void> {
    return this.#between('copy', from, to, options, locate, async (source, target) =>
      writeDurably(target, await readFile(source), (await stat(source)).mode),
    );
  }

  #between(
    call: string,
    from: string,
    to: string,
    { overwrite = false }: ReplaceOptions,
    find: Locate,
    effect: (source: string, target: string) => Promise<void>,
  ): Promise<void> {
    return this.#at(call, from, find, async (source) => {
      const target = await find(this.#access.root, to);
      if (!overwrite && (await isThere(target)))
        throw new TargetSystemError(`Cannot ${call} '${from}' to '${to}': there is something already.`, {
          fix: ['remove it first, or say { overwrite: true }'],
        });
      this.#access.guard();
      await effect(source, target);
    });
  }

  #at<T>(call: string, path: string, find: Locate, effect: (located: string) => Promise<T>): Promise<T> {
    return this.#access.perform(`${call} '${path}'`, async () => {
      const located = await find(this.#access.root, path);
      this.#access.guard();
      return effect(located);
    });
  }
}

function isThere(path: string): Promise<boolean> {
  return lstat(path)
    .then(() => true)
    .catch(ifMissing(false));
}

function ifMissing<T>(answer: T): (error: unknown) => T {
  return (error) => {
    if (isNodeError(error, 'ENOENT', 'ENOTDIR')) return answer;
    throw error;
  };
}
