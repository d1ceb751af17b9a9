import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withBuild } from '../support/built.js';
import { ROOT } from './sources.js';

const run = promisify(execFile);

/** What `npm publish` would upload, from the sources as they are now. */
export interface Tarball {
  readonly file: string;
  /** Paths in the package, without the leading `package/`. */
  readonly files: readonly string[];
}

/** Packs a copy of the package in `dir`, so that no build of it beside this one can change the result. */
export async function packTarball(dir: string): Promise<Tarball> {
  const stage = join(dir, 'stage');
  mkdirSync(stage);
  const { files } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { files: string[] };
  await withBuild(() => {
    for (const name of ['package.json', ...files])
      if (existsSync(join(ROOT, name))) cpSync(join(ROOT, name), join(stage, name), { recursive: true });
  });
  const out = await execute('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', dir], stage);
  const packed = JSON.parse(out) as Packed[] | Record<string, Packed>;
  const [entry] = Object.values(packed);
  if (!entry) throw new Error(`npm pack said nothing: ${out}`);
  return { file: join(dir, entry.filename), files: entry.files.map(({ path }) => path) };
}

interface Packed {
  filename: string;
  files: { path: string }[];
}

/** Runs a program; what it printed is in the error when it fails. */
export async function execute(command: string, args: string[], cwd: string): Promise<string> {
  try {
    return (await run(command, args, { cwd, maxBuffer: 64 << 20 })).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error });
  }
}
