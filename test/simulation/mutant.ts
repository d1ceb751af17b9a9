import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMPILED, compiledFile, compileText, CORE } from '../support/compiled.mjs';
import type { ENGINE, Engine } from './engine.js';
import type { Mutation } from './mutations.js';

/** Makes a copy of the engine with the mutation in it, lets `work` have it, and removes it. */
export async function withMutant<T>(mutation: Mutation, work: (engine: Engine) => Promise<T>): Promise<T> {
  const folder = join(COMPILED, `mutant-${process.pid}-${mutation.name.replace(/\W+/g, '-')}`);
  const door = join(folder, 'test', 'simulation', 'engine.js');
  try {
    cpSync(compiledFile('lib/core'), join(folder, 'lib', 'core'), { recursive: true });
    cpSync(compiledFile('test/simulation/engine.ts'), door);
    for (const [file, code] of editedFiles(mutation))
      writeFileSync(join(folder, 'lib', 'core', file.replace(/\.ts$/, '.js')), await compileText(code));
    const mutant: { readonly ENGINE: typeof ENGINE } = await import(door);
    return await work(mutant.ENGINE);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The sources that the mutation changes, as they are with it.
 *
 * @throws Error unless each edit finds what it replaces, just once
 */
export function editedFiles({ edits }: Mutation): ReadonlyMap<string, string> {
  const edited = new Map<string, string>();
  for (const [file, from, to] of edits) {
    const parts = (edited.get(file) ?? readFileSync(join(CORE, file), 'utf8')).split(from);
    if (parts.length !== 2)
      throw new Error(`${file} has ${parts.length - 1} times, not once, what the mutation replaces: ${from}`);
    edited.set(file, parts.join(to));
  }
  return edited;
}
