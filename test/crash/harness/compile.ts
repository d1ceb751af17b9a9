import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { afterAll } from '@jest/globals';
import { transformFile } from '@swc/core';
import { createScratch } from '../../servers/scratch.mjs';

const ROOT = process.cwd();
const SOURCES = ['lib', 'test/crash/app'];

/** The library and the app under test as plain JavaScript, so that a process is up in a moment. */
export interface CompiledApp {
  /** The file of one of the app's scripts. */
  script(name: 'worker' | 'racer'): string;
}

let folder: string | undefined;
let compiling: Promise<void> | undefined;

afterAll(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

/** Compiles the sources as they are now, once, into a folder of this test file's own, which goes when its tests are over. */
export async function compileApp(): Promise<CompiledApp> {
  const place = (folder ??= createScratch('crash'));
  await (compiling ??= compileInto(place));
  return { script: (name) => join(place, 'test/crash/app', `${name}.js`) };
}

async function compileInto(place: string): Promise<void> {
  writeFileSync(join(place, 'package.json'), '{ "type": "module" }');
  symlinkSync(join(ROOT, 'node_modules'), join(place, 'node_modules'), 'dir');
  await Promise.all(SOURCES.flatMap(sourcesIn).map((file) => compile(file, place)));
}

function sourcesIn(folder: string): string[] {
  const base = join(ROOT, folder);
  if (!existsSync(base))
    throw new Error(`Run the tests from the root of the repository: there is no ${base}.`);
  return readdirSync(base, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(base, name));
}

async function compile(file: string, place: string): Promise<void> {
  const { code } = await transformFile(file, { configFile: join(ROOT, '.swcrc'), sourceMaps: false });
  const target = join(place, relative(ROOT, file)).replace(/\.ts$/, '.js');
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, code);
}
