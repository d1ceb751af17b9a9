import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { link, lstat, readdir, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import type { AttemptScope } from '../../core/target-system.js';
import { copyDurably, makeDirectoryDurably, syncDirectory, syncFile } from './durable.js';
import type { EntryImage } from './entry-image.js';
import { ifMissing, isNodeError } from './node-error.js';
import { UnfinishedNotes } from './unfinished-notes.js';
import type { WhileUnfinished } from './unfinished-file.js';

/**
 * Copies of files that are too large to be kept in memory, until they are no longer needed to put them back.
 *
 * Those of an attempt stay until the next one makes its first change to this folder: so a process that died leaves them
 * to whoever looks into what it did.
 */
export class UndoFolder {
  readonly #place: string;
  readonly #namespace: string;
  readonly #attempt: string;
  readonly #notes: UnfinishedNotes;
  #prepared: Promise<void> | undefined;
  #busy = 0;

  /** @param folder - below the root, reserved: `/srv/config/.flamingock` */
  constructor(
    readonly folder: string,
    { namespace, executionId, changeId, attempt }: AttemptScope,
  ) {
    this.#place = join(folder, 'undo');
    this.#namespace = hash(namespace).slice(0, 8);
    this.#attempt = `${this.#namespace}-${hash(JSON.stringify([executionId, changeId, attempt])).slice(0, 16)}`;
    this.#notes = new UnfinishedNotes(dirname(folder), join(this.#place, this.#attempt));
  }

  /**
   * Writes down where a file is being written, so that the next attempt finds what a process that died leaves of it. Nothing
   * of the note is left when it is done.
   */
  readonly whileUnfinished: WhileUnfinished = (unfinished, work) =>
    this.#whileBusy(() => this.#notes.during(unfinished, work));

  /** What the copy of a file will be called, relative to the folder of copies; another one once the file has changed. */
  nameFor(path: string, { ino, size, mtimeMs }: Pick<Stats, 'ino' | 'size' | 'mtimeMs'>): string {
    const identity = hash(JSON.stringify([path, ino, size, mtimeMs])).slice(0, 12);
    return `${this.#attempt}/${identity}-${basename(path).slice(-64)}`;
  }

  /** Removes what earlier attempts of this namespace left. To be called before an effect; does it once. */
  prepare(): Promise<void> {
    return (this.#prepared ??= this.#removeOthers());
  }

  /** Puts the large content of an image by, on disk when it resolves. */
  async keep(path: string, image: EntryImage): Promise<void> {
    if (image.kind === 'folder')
      for (const { name, image: entry } of image.entries) await this.keep(join(path, name), entry);
    if (image.kind !== 'file' || !('kept' in image.content)) return;
    const { kept } = image.content;
    await this.#whileBusy(() => keepFile(path, join(this.#place, kept)));
  }

  /** Where a copy is; undefined when there is none. */
  async find(kept: string): Promise<string | undefined> {
    const path = join(this.#place, kept);
    return (await lstat(path).catch(ifMissing(undefined))) && path;
  }

  async #removeOthers(): Promise<void> {
    const names = await readdir(this.#place).catch(ifMissing<string[]>([]));
    const others = names.filter((name) => name.startsWith(`${this.#namespace}-`) && name !== this.#attempt);
    for (const name of others) {
      const place = join(this.#place, name);
      if (await this.#notes.removeNoted(place)) await rm(place, { recursive: true, force: true });
    }
    if (others.length > 0) await this.#removeEmpty();
  }

  /** Folders come and go with what is in them: not while one is about to be used. */
  async #whileBusy<T>(work: () => Promise<T>): Promise<T> {
    this.#busy += 1;
    try {
      return await work();
    } finally {
      this.#busy -= 1;
      await this.#removeEmpty();
    }
  }

  async #removeEmpty(): Promise<void> {
    for (const empty of [join(this.#place, this.#attempt), this.#place, this.folder])
      if (this.#busy === 0) await rmdir(empty).catch(() => undefined);
  }
}

/** The first part of a path of which the rest is `folder` itself or lies below it. */
export function isReserved(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}${sep}`);
}

/** A second name costs nothing, and every write of ours makes a new file; one that has other names may be changed by those. */
async function keepFile(path: string, copy: string): Promise<void> {
  if (await lstat(copy).catch(ifMissing(undefined))) return;
  await makeDirectoryDurably(dirname(copy));
  const { nlink, mode } = await lstat(path);
  const linked = nlink === 1 && (await link(path, copy).then(() => true, refusedLink));
  if (!linked) return copyDurably(path, copy, mode & 0o7777, (_, work) => work());
  await syncFile(copy);
  await syncDirectory(dirname(copy));
}

function refusedLink(error: unknown): false {
  if (isNodeError(error, 'EXDEV', 'EPERM', 'ENOTSUP', 'EMLINK', 'ENOSYS', 'EOPNOTSUPP', 'EACCES'))
    return false;
  throw error;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
