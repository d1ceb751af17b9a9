import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createScratch } from '../servers/scratch.mjs';
import { doors } from './manifest.js';
import { ROOT } from './sources.js';
import { execute, packTarball, type Tarball } from './tarball.js';

/** An application as `nest new` of that time made it. */
interface Consumer {
  readonly name: string;
  readonly type: 'commonjs' | 'module';
  readonly dependencies: Record<string, string>;
  readonly compilerOptions: Record<string, unknown>;
}

const CONSUMERS: readonly Consumer[] = [
  {
    name: 'nest-11-commonjs',
    type: 'commonjs',
    dependencies: { '@nestjs/common': '^11', '@nestjs/core': '^11', typescript: '~5.9' },
    // node10 resolution does not read `exports`: it needs the mirror in `typesVersions`.
    compilerOptions: {
      module: 'commonjs',
      moduleResolution: 'node10',
      target: 'ES2023',
      esModuleInterop: true,
    },
  },
  {
    name: 'nest-12-esm',
    type: 'module',
    dependencies: { '@nestjs/common': '^12', '@nestjs/core': '^12', typescript: '~6.0' },
    compilerOptions: { module: 'nodenext', target: 'ES2023' },
  },
];

const shared = { strict: true, experimentalDecorators: true, emitDecoratorMetadata: true, types: ['node'] };

const TIMEOUT = 180_000;

describe('the packed package', () => {
  let scratch: string;
  let tarball: Tarball;
  /** Side by side, and while the tarball itself is looked at: most of it is waiting for the registry. */
  let installed: Map<string, Promise<string>>;

  beforeAll(async () => {
    scratch = createScratch('consumers');
    tarball = await packTarball(scratch);
    installed = new Map(CONSUMERS.map((consumer) => [consumer.name, install(consumer)]));
    // What fails is told by the test that asks for it.
    void Promise.allSettled(installed.values());
  }, TIMEOUT);
  afterAll(async () => {
    await Promise.allSettled(installed?.values() ?? []);
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

  it.each(CONSUMERS)(
    'compiles and runs its change once, installed into an application: $name',
    async ({ name }) => {
      const app = (await installed.get(name)) ?? '';
      await execute(process.execPath, [join(app, 'node_modules/typescript/bin/tsc'), '-p', app], app);
      const output = await execute(process.execPath, ['dist/main.js'], app);
      expect(JSON.parse(output.trim().split('\n').at(-1) ?? '')).toEqual({
        runs: 1,
        second: 'nothing-to-do',
      });
    },
    TIMEOUT,
  );

  async function install({ name, type, dependencies, compilerOptions }: Consumer): Promise<string> {
    const app = join(scratch, name);
    mkdirSync(join(app, 'src'), { recursive: true });
    copyFileSync(join(import.meta.dirname, 'app/main.ts'), join(app, 'src/main.ts'));
    const all = {
      ...dependencies,
      '@types/node': '^20',
      'nestjs-flamingock': `file:${tarball.file}`,
      'reflect-metadata': '^0.2',
      rxjs: '^7.8',
    };
    writeJson(join(app, 'package.json'), { name, private: true, type, dependencies: all });
    const options = { ...shared, ...compilerOptions, rootDir: 'src', outDir: 'dist' };
    writeJson(join(app, 'tsconfig.json'), { compilerOptions: options, include: ['src'] });
    const quick = ['--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts'];
    await execute('npm', ['install', ...quick], app);
    return app;
  }
});

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, JSON.stringify(value, null, 2));
}
