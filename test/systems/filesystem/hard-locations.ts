import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { chmod, readdir, rm, statfs, watch, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runInThisContext } from 'node:vm';
import { createScratch } from '../../servers/scratch.mjs';
import { compiledFile } from '../../support/compiled.mjs';

const MIB = 1024 * 1024;
const run = promisify(execFile);

/** A disk on which there is little room. */
export interface SmallDisk {
  readonly name: string;
  /** Gives `work` a folder, and a way to have something done when 1 MiB has no room any more. */
  use(work: (root: string, whenFull: WhenFull) => Promise<void>): Promise<void>;
}

type WhenFull = (work: () => Promise<unknown>) => Promise<void>;

/** The one that signals reach; tests are given a copy. */
const jestProcess = runInThisContext('process') as NodeJS.Process;
const ignore = (): void => undefined;

/** What does not fit into a file is cut off by the system, as on a full disk: anybody may have that for his process. */
const LIMITED_FILES: SmallDisk = {
  name: 'a disk with a limit of the size of files',
  use: async (work) => {
    const folder = createScratch('files');
    const limit = (soft: number | string) =>
      run('prlimit', ['--pid', String(process.pid), `--fsize=${soft}:unlimited`]);
    const whenFull: WhenFull = async (act) => {
      // Jest's own handler would end the process.
      jestProcess.on('SIGXFSZ', ignore);
      await limit(MIB);
      try {
        await act();
      } finally {
        await limit('unlimited');
        jestProcess.off('SIGXFSZ', ignore);
      }
    };
    try {
      await work(join(folder, 'root'), whenFull);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

/** A real disk, in memory. */
const TMPFS: SmallDisk = {
  name: 'a disk that is full',
  use: async (work) => {
    const folder = createScratch('files');
    await run('mount', ['-t', 'tmpfs', '-o', 'size=5m', 'tmpfs', folder]);
    const fill: WhenFull = async (act) => {
      const { bavail, bsize } = await statfs(folder);
      await writeFile(join(folder, 'filler'), Buffer.alloc(bavail * bsize - 0.9 * MIB));
      await act();
    };
    try {
      await work(join(folder, 'root'), fill);
    } finally {
      await run('umount', [folder]);
      await rm(folder, { recursive: true });
    }
  },
};

/** One that everybody can have; beside it a real one, for who may mount. */
export function smallDisks(): SmallDisk[] {
  const folder = mkdtempSync(join(tmpdir(), 'flamingock-'));
  const mayMount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4096', 'tmpfs', folder]).status === 0;
  if (mayMount) spawnSync('umount', [folder]);
  rmdirSync(folder);
  return mayMount ? [LIMITED_FILES, TMPFS] : [LIMITED_FILES];
}

/** Lets `work` act while nothing can be written to these folders; root, whom no permission stops, is nobody meanwhile. */
export async function whileReadOnly(folders: readonly string[], work: () => Promise<void>): Promise<void> {
  const me = process.geteuid?.() ?? -1;
  for (const folder of folders) await chmod(folder, 0o555);
  if (me === 0) process.seteuid?.(65_534);
  try {
    await work();
  } finally {
    if (me === 0) process.seteuid?.(0);
    for (const folder of folders) await chmod(folder, 0o755);
  }
}

/** Makes a pipe that nobody reads or writes. */
export async function makePipe(path: string): Promise<void> {
  await run('mkfifo', [path]);
}

/** Starts a process that writes `deep/a`, and stops it while it does. */
export async function stoppedWhileWriting(root: string): Promise<ChildProcess> {
  const deep = join(root, 'deep');
  for (;;) {
    const events = watch(deep)[Symbol.asyncIterator]();
    const begun = events.next();
    const script = compiledFile('test/systems/filesystem/writer.ts');
    const child = spawn(process.execPath, [script, root], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await begun;
    child.kill('SIGSTOP');
    await events.return?.();
    if (!(await readdir(deep)).includes('a')) return child;
    // It was faster.
    child.kill('SIGCONT');
    await once(child, 'exit');
    await rm(join(deep, 'a'));
  }
}
