import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createScratch } from '../servers/scratch.mjs';
import { install, NEST_12, runsOnce } from './consumer.js';
import { doors } from './manifest.js';
import { ROOT } from './sources.js';
import { execute, packTarball, type Tarball } from './tarball.js';

const TIMEOUT = 180_000;

describe('the packed package', () => {
  let scratch: string;
  let tarball: Tarball;
  /** While the tarball itself is looked at: most of it is waiting for the registry. */
  let installed: Promise<string>;

  beforeAll(async () => {
    scratch = createScratch('consumers');
    tarball = await packTarball(scratch);
    installed = install(NEST_12, tarball, scratch);
    // What fails is told by the test that asks for it.
    void Promise.allSettled([installed]);
  }, TIMEOUT);
  afterAll(async () => {
    await Promise.allSettled([installed]);
    rmSync(scratch, { recursive: true, force: true });
  }, TIMEOUT);

  const bin = (name: string) => join(ROOT, 'node_modules/.bin', name);

  it.each(doors)('$path leads to files that are packed', (door) => {
    expect(tarball.files).toEqual(expect.arrayContaining([door.types.slice(2), door.default.slice(2)]));
    expect(door.types).toBe(door.default.replace(/\.js$/, '.d.ts'));
  });

  it('packs the build, the licence and nothing of the tests', () => {
    expect(tarball.files).toEqual(expect.arrayContaining(['LICENSE', 'package.json', 'dist/index.js']));
    expect(
      tarball.files.filter((file) => !/^(dist\/|(README|CHANGELOG)\.md$|LICENSE$|package\.json$)/.test(file)),
    ).toEqual([]);
  });

  it(
    'passes publint',
    async () => {
      await execute(bin('publint'), ['run', tarball.file, '--strict'], scratch);
    },
    TIMEOUT,
  );

  it(
    'has types that resolve from ESM and from bundlers',
    async () => {
      const options = ['--profile', 'esm-only', '--no-emoji', '--no-color'];
      await execute(bin('attw'), [tarball.file, ...options], scratch);
    },
    TIMEOUT,
  );

  it(
    'compiles and runs its change once, before bootstrap or init, installed into an application of Nest 12',
    async () => runsOnce(await installed),
    TIMEOUT,
  );
});
