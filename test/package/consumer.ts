import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { execute, type Tarball } from './tarball.js';

/** An application as `nest new` of that time made it. */
export interface Consumer {
  readonly name: string;
  readonly type: 'commonjs' | 'module';
  readonly dependencies: Record<string, string>;
  readonly compilerOptions: Record<string, unknown>;
}

/** The oldest Nest, as CommonJS with the oldest way to resolve a package. */
export const NEST_11: Consumer = {
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
};

/** The newest Nest, as ES modules. */
export const NEST_12: Consumer = {
  name: 'nest-12-esm',
  type: 'module',
  dependencies: { '@nestjs/common': '^12', '@nestjs/core': '^12', typescript: '~6.0' },
  compilerOptions: { module: 'nodenext', target: 'ES2023' },
};

const shared = { strict: true, experimentalDecorators: true, emitDecoratorMetadata: true, types: ['node'] };

/** Installs the package into a new application. @returns the folder of the application */
export async function install(
  { name, type, dependencies, compilerOptions }: Consumer,
  { file }: Tarball,
  scratch: string,
): Promise<string> {
  const app = join(scratch, name);
  mkdirSync(join(app, 'src'), { recursive: true });
  copyFileSync(join(import.meta.dirname, 'app/main.ts'), join(app, 'src/main.ts'));
  const all = {
    ...dependencies,
    '@types/node': '^20',
    'nestjs-flamingock': `file:${file}`,
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

/** Compiles the application and lets it run its change. @throws unless it ran once, before bootstrap or init */
export async function runsOnce(app: string): Promise<void> {
  await execute(process.execPath, [join(app, 'node_modules/typescript/bin/tsc'), '-p', app], app);
  const output = await execute(process.execPath, ['dist/main.js'], app);
  const told = { runs: 1, early: 'WAITS_FOR_ITSELF', second: 'nothing-to-do' };
  expect(JSON.parse(output.trim().split('\n').at(-1) ?? '')).toEqual({
    bootstrap: { ...told, seenOnInit: 0 },
    init: { ...told, seenOnInit: 1 },
  });
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, JSON.stringify(value, null, 2));
}
