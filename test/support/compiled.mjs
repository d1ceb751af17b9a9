import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

/** Of the repository: this module is there once more in what is compiled. */
const ROOT =
  join(dirname(fileURLToPath(import.meta.url)), '..', '..').split(`${sep}test-results${sep}`)[0] ?? '';
/** The sources of the core. */
export const CORE = join(ROOT, 'lib', 'core');
const SWCRC = join(ROOT, '.swcrc');

/**
 * The library and the helpers of the tests as plain JavaScript, for the processes and threads that tests start: none of them compiles
 * anything itself. Below the repository, so that its packages are found. The package by its name is the library in here.
 */
export const COMPILED = join(ROOT, 'test-results', 'compiled');

/**
 * Where a script of the tests is in plain JavaScript.
 *
 * @param {string} file - from the root of the repository, such as `test/crash/app/worker.ts`
 */
export function compiledFile(file) {
  return join(COMPILED, file.replace(/\.ts$/, '.js'));
}

/** Brings what has changed since the last run up to date. Jest's global setup calls it, before any test. */
export async function compileSources() {
  mkdirSync(COMPILED, { recursive: true });
  writeFileSync(join(COMPILED, 'package.json'), JSON.stringify(compiledPackage()));
  const files = ['lib', 'test'].flatMap((folder) =>
    filesIn(join(ROOT, folder)).map((name) => join(folder, name)),
  );
  await Promise.all(files.map((file) => compileFile(join(ROOT, file), compiledFile(file))));
}

/** Compiles the TypeScript in a folder in its place. @param {string} folder */
export async function compileFolder(folder) {
  const files = filesIn(folder).filter((name) => name.endsWith('.ts'));
  await Promise.all(
    files.map((name) => compileFile(join(folder, name), join(folder, name.replace(/\.ts$/, '.js')))),
  );
}

/** @param {string} code @returns {Promise<string>} the same in JavaScript */
export async function compileText(code) {
  return (await transform(code, { configFile: SWCRC, filename: 'source.ts', sourceMaps: false })).code;
}

/** @param {string} source @param {string} target */
async function compileFile(source, target) {
  if (isUpToDate(source, target)) return;
  mkdirSync(dirname(target), { recursive: true });
  if (source.endsWith('.ts')) writeFileSync(target, await compileText(readFileSync(source, 'utf8')));
  else copyFileSync(source, target);
}

/** @param {string} source @param {string} target */
function isUpToDate(source, target) {
  const written = statSync(target, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return [source, SWCRC].every((file) => statSync(file).mtimeMs < written);
}

/** What a process may load: no tests and no types. @param {string} folder */
function filesIn(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.(ts|mjs)$/.test(name) && !/\.(d|test)\.ts$/.test(name),
  );
}

/** The doors of the package, each leading to what is compiled in here. */
function compiledPackage() {
  const { name, type, exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return { name, type, exports: JSON.parse(JSON.stringify(exports).replaceAll('./dist/', './lib/')) };
}
