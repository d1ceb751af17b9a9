import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ENGINE, Engine } from './engine.js';
import type { Mutation } from './mutations.js';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '..', '..');

/** Makes a copy of the engine with the mutation in it, lets `work` have it, and removes it. */
export async function withMutant<T>(mutation: Mutation, work: (engine: Engine) => Promise<T>): Promise<T> {
  const folder = join(ROOT, 'test-results', `mutant-${process.pid}-${mutation.name.replace(/\W+/g, '-')}`);
  const [core, door] = [join(folder, 'lib', 'core'), join(folder, 'test', 'simulation', 'engine.ts')];
  try {
    cpSync(join(ROOT, 'lib', 'core'), core, { recursive: true });
    mkdirSync(dirname(door), { recursive: true });
    cpSync(join(HERE, 'engine.ts'), door);
    for (const [file, from, to] of mutation.edits) edit(join(core, file), from, to);
    const mutant: { readonly ENGINE: typeof ENGINE } = await import(door);
    return await work(mutant.ENGINE);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function edit(path: string, from: string, to: string): void {
  const parts = readFileSync(path, 'utf8').split(from);
  if (parts.length !== 2)
    throw new Error(`${path} has ${parts.length - 1} times, not once, what the mutation replaces: ${from}`);
  writeFileSync(path, parts.join(to));
}
