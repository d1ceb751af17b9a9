import { mkdir, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join, normalize, relative } from 'node:path';
import { ifMissing, isNodeError } from './node-error.js';
import { isUnfinished, type WhileUnfinished } from './unfinished-file.js';

const ENDING = '.json';

/** Where a file was being written, and by whom. */
interface Note {
  /** Relative to the root. */
  readonly path: string;
  readonly host: string;
  readonly pid: number;
}

/** Notes of files that are being written, each in a file of its own until the file is in its place. */
export class UnfinishedNotes {
  /** @param folder - where this attempt keeps its notes */
  constructor(
    private readonly root: string,
    private readonly folder: string,
  ) {}

  /** Does `work` while there is a note; also where none can be written: the root may be closed, and a folder in it open. */
  readonly during: WhileUnfinished = async (unfinished, work) => {
    const note = join(this.folder, `${basename(unfinished)}${ENDING}`);
    await this.#write(note, unfinished).catch(() => undefined);
    try {
      return await work();
    } finally {
      await rm(note, { force: true }).catch(() => undefined);
    }
  };

  /**
   * Removes the files that another attempt noted.
   *
   * @returns false where a process of this machine still writes one: then all of its stays
   */
  async removeNoted(folder: string): Promise<boolean> {
    const names = await readdir(folder).catch(ifMissing<string[]>([]));
    const notes = await Promise.all(names.filter(isNoteName).map((name) => readNote(folder, name)));
    if (notes.some((note) => note && isAlive(note))) return false;
    const root = await realpath(this.root);
    for (const note of notes) if (note) await rm(join(root, note.path), { force: true });
    return true;
  }

  /** Another app's attempt may remove the folder in the same moment, as an empty one. */
  async #write(note: string, unfinished: string): Promise<void> {
    const path = relative(await realpath(this.root), unfinished);
    const content: Note = { path, host: hostname(), pid: process.pid };
    for (let tries = 1; ; tries++) {
      await mkdir(this.folder, { recursive: true });
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

/** Undefined for one that was cut off, or that tells of another file than its name does, or of one outside the root. */
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

/** Whether it is another process of this machine that still runs. In a container its number may be ours of an earlier life. */
function isAlive({ host, pid }: Note): boolean {
  if (host !== hostname() || pid === process.pid || !(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isNodeError(error, 'EPERM');
  }
}
