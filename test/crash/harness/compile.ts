import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { transformFile } from '@swc/core';
import { createScratch } from '../../servers/scratch.mjs';

const ROOT = process.cwd();
const SOURCES = ['lib', 'test/crash/app'];

/** The library and the app under test as plain JavaScript, so that a process is up in a moment. */
export interface CompiledApp {
  /** The file of one of the app's scripts. */
  script(name: 'worker' | 'racer'): string;
  remove(): void;
}

/** Compiles the sources as they are now into a folder of this test file's own. */
export async function compileApp(): Promise<CompiledApp> {
  const folder = createScratch('crash');
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
  await Promise.all(SOURCES.flatMap(sourcesIn).map((file) => compile(file, folder)));
  return {
    script: (name) => join(folder, 'test/crash/app', `${name}.js`),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function sourcesIn(folder: string): string[] {
  const base = join(ROOT, folder);
  if (!existsSync(base))
    throw new Error(`Run the tests from the root of the repository: there is no ${base}.`);
  return readdirSync(base, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(base, name));
}

async function compile(file: string, folder: string): Promise<void> {
  const { code } = await transformFile(file, { configFile: join(ROOT, '.swcrc'), sourceMaps: false });
  const target = join(folder, relative(ROOT, file)).replace(/\.ts$/, '.js');
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, code);
}
