import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { link, lstat, mkdir, readdir, readFile, realpath, rm, rmdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, normalize, relative, sep } from 'node:path';
import type { AttemptScope } from '../../../core/model/target-system.js';
import { copyDurably, makeDirectoryDurably, syncDirectory, syncFile } from '../files/durable.js';
import type { EntryImage } from './entry-image.js';
import { ifMissing, isNodeError } from '../files/node-error.js';
import { isUnfinished, type WhileUnfinished } from '../files/unfinished-file.js';

const ENDING = '.json';

/** Says which process was writing a file, and where. */
interface Note {
  /** Relative to the root. */
  readonly path: string;
  readonly host: string;
  readonly pid: number;
}

/** Notes about files that are being written. Each is a file of its own, and is removed when the write has ended. */
class UnfinishedNotes {
  readonly #root: string;
  readonly #folder: string;

  /** @param folder - where this attempt keeps its notes */
  constructor(root: string, folder: string) {
    this.#root = root;
    this.#folder = folder;
  }

  /** Runs `work` while there is a note. Also runs it when the note can't be written: the root may be read-only, and a folder in it not. */
  readonly during: WhileUnfinished = async (unfinished, work) => {
    const note = join(this.#folder, `${basename(unfinished)}${ENDING}`);
    await this.#write(note, unfinished).catch(() => undefined);
    try {
      return await work();
    } finally {
      await rm(note, { force: true }).catch(() => undefined);
    }
  };

  /**
   * Removes the unfinished files that another attempt noted.
   *
   * @returns false when a process of this machine still writes one of them; then nothing is removed
   */
  async removeNoted(folder: string): Promise<boolean> {
    const names = await readdir(folder).catch(ifMissing<string[]>([]));
    const notes = await Promise.all(names.filter(isNoteName).map((name) => readNote(folder, name)));
    if (notes.some((note) => note && isAlive(note))) return false;
    const root = await realpath(this.#root);
    for (const note of notes) if (note) await rm(join(root, note.path), { force: true });
    return true;
  }

  /** Retries, because an attempt of another app may remove the empty folder at the same moment. */
  async #write(note: string, unfinished: string): Promise<void> {
    const path = relative(await realpath(this.#root), unfinished);
    const content: Note = { path, host: hostname(), pid: process.pid };
    for (let tries = 1; ; tries++) {
      await mkdir(this.#folder, { recursive: true });
      const failure = await writeFile(note, JSON.stringify(content), { flag: 'wx' }).catch(
        (error: unknown) => ({ error }),
      );
      if (!failure) return;
      if (tries === 10 || !isNodeError(failure.error, 'ENOENT')) throw failure.error;
    }
  }
}

function isNoteName(name: string): boolean {
  return name.endsWith(ENDING) && isUnfinished(name.slice(0, -ENDING.length));
}

/** Undefined for a note that is incomplete, does not match its name, or names a file outside the root. */
async function readNote(folder: string, name: string): Promise<Note | undefined> {
  const text = await readFile(join(folder, name), 'utf8').catch(ifMissing(''));
  const found = parsed(text);
  if (typeof found?.path !== 'string' || `${basename(found.path)}${ENDING}` !== name) return undefined;
  const path = normalize(found.path);
  if (path.startsWith('..')) return undefined;
  return { path, host: String(found.host), pid: Number(found.pid) };
}

function parsed(text: string): Partial<Note> | undefined {
  try {
    return (JSON.parse(text) ?? undefined) as Partial<Note> | undefined;
  } catch {
    return undefined;
  }
}

/** Whether another process of this machine still writes the file. Our own id counts as dead: in a container, an earlier process had it. */
function isAlive({ host, pid }: Note): boolean {
  if (host !== hostname() || pid === process.pid || !(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isNodeError(error, 'EPERM');
  }
}

/**
 * Copies of files that are too large for memory, kept so that they can be restored.
 *
 * The copies of an attempt stay until the next attempt first writes to this root, so that a person can use them after a crash.
 */
export class UndoFolder {
  readonly #location: string;
  readonly #chain: string;
  readonly #attempt: string;
  readonly #notes: UnfinishedNotes;
  #prepared: Promise<void> | undefined;
  #busy = 0;

  /** @param folder - the reserved folder in the root: `/srv/config/.flamingock` */
  constructor(
    readonly folder: string,
    { storeId, namespace, executionId, changeId, attempt }: AttemptScope,
  ) {
    this.#location = join(folder, 'undo');
    this.#chain = hash(JSON.stringify([storeId, namespace])).slice(0, 8);
    this.#attempt = `${this.#chain}-${hash(JSON.stringify([executionId, changeId, attempt])).slice(0, 16)}`;
    this.#notes = new UnfinishedNotes(dirname(folder), join(this.#location, this.#attempt));
  }

  /**
   * Notes on disk where a file is being written, so that the next attempt removes what a crash leaves of it. Removes the note when
   * the write has ended.
   */
  readonly whileUnfinished: WhileUnfinished = (unfinished, work) =>
    this.#whileBusy(() => this.#notes.during(unfinished, work));

  /** Name of the copy of a file, relative to the folder of copies. It changes when the file changes. */
  nameFor(path: string, { ino, size, mtimeMs }: Pick<Stats, 'ino' | 'size' | 'mtimeMs'>): string {
    const identity = hash(JSON.stringify([path, ino, size, mtimeMs])).slice(0, 12);
    return `${this.#attempt}/${identity}-${basename(path).slice(-64)}`;
  }

  /** Removes copies and unfinished files of earlier attempts. Called before each effect; only the first call does it. */
  prepare(): Promise<void> {
    return (this.#prepared ??= this.#removeOthers());
  }

  /** Copies the large content of an image. The copies are on disk when this resolves. */
  async keep(path: string, image: EntryImage): Promise<void> {
    if (image.kind === 'folder')
      for (const { name, image: entry } of image.entries) await this.keep(join(path, name), entry);
    if (image.kind !== 'file' || !('kept' in image.content)) return;
    const { kept } = image.content;
    await this.#whileBusy(() => keepFile(path, join(this.#location, kept)));
  }

  /** Path of a copy; undefined when there is none. */
  async find(kept: string): Promise<string | undefined> {
    const path = join(this.#location, kept);
    return (await lstat(path).catch(ifMissing(undefined))) && path;
  }

  async #removeOthers(): Promise<void> {
    const names = await readdir(this.#location).catch(ifMissing<string[]>([]));
    const others = names.filter((name) => name.startsWith(`${this.#chain}-`) && name !== this.#attempt);
    for (const name of others) {
      const location = join(this.#location, name);
      if (await this.#notes.removeNoted(location)) await rm(location, { recursive: true, force: true });
    }
    if (others.length > 0) await this.#removeEmpty();
  }

  /** Removes empty folders after `work`, but not while other work may be about to use them. */
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
    for (const empty of [join(this.#location, this.#attempt), this.#location, this.folder])
      if (this.#busy === 0) await rmdir(empty).catch(() => undefined);
  }
}

/** Whether a path is `folder` itself or below it. */
export function isReserved(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}${sep}`);
}

/** Keeps a file by a hard link, which costs nothing and is safe because every write here makes a new file. A file with other hard links is
 * copied, because it may be changed through those. */
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
