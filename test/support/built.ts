import { execFile } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { takeTurn } from './turn.js';

const ROOT = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

/** Builds the package, unless its sources are no newer, and lets `work` have it. */
export async function withBuild<T>(work: () => T | Promise<T>): Promise<T> {
  const endTurn = await takeTurn();
  try {
    if (!isNewer('dist/index.js', 'lib')) await run('npm', ['run', 'build'], { cwd: ROOT });
    return await work();
  } finally {
    endTurn();
  }
}

/** Builds what `npm run sample` would build, unless it has been built from the sources as they are now. */
export async function buildSample(): Promise<void> {
  const compile = [
    process.execPath,
    ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.sample.json'],
  ] as const;
  await withBuild(async () => {
    if (!isNewer('sample-app/dist/main.js', 'sample-app')) await run(...compile, { cwd: ROOT });
  });
}

/** Whether the output is there and no source in the folder has changed since. */
function isNewer(output: string, folder: string): boolean {
  const file = join(ROOT, output);
  if (!existsSync(file)) return false;
  const built = statSync(file).mtimeMs;
  const sources = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.m?ts$/.test(name) && !name.startsWith('dist'),
  );
  return sources.every((name) => statSync(join(ROOT, folder, name)).mtimeMs < built);
}
