import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createScratch } from '../servers/scratch.mjs';
import { LIB, readSources, ROOT } from './sources.js';
import { execute, packTarball, type Tarball } from './tarball.js';

interface Manifest {
  exports: Record<string, string | { types: string; default: string }>;
  typesVersions: { '*': Record<string, string[]> };
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
  peerDependenciesMeta: Record<string, { optional?: boolean }>;
  devDependencies: Record<string, string>;
}

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
const doors = Object.entries(manifest.exports).flatMap(([path, target]) =>
  typeof target === 'string' ? [] : [{ path, ...target }],
);

describe('package.json', () => {
  it('has an export for every public door of lib, and no other', () => {
    const systems = readdirSync(join(LIB, 'systems')).map((name) => `./${name}`);
    const rooms = ['testing', 'ops']
      .filter((room) => existsSync(join(LIB, room, 'index.ts')))
      .map((room) => `./${room}`);
    expect(doors.map(({ path }) => path).sort()).toEqual(['.', ...systems, ...rooms].sort());
  });

  it('mirrors its exports in typesVersions', () => {
    const mirror = doors
      .filter(({ path }) => path !== '.')
      .map(({ path, types }) => [path.slice(2), [types]]);
    expect(manifest.typesVersions['*']).toEqual(Object.fromEntries(mirror));
  });

  const imports = readSources().flatMap((source) => source.imports);
  const external = imports.filter(({ module }) => !module.startsWith('.') && !isBuiltin(module));
  const packageOf = (module: string) =>
    module
      .split('/')
      .slice(0, module.startsWith('@') ? 2 : 1)
      .join('/');

  it('declares every package that lib imports', () => {
    const declared = { ...manifest.dependencies, ...manifest.peerDependencies };
    const undeclared = external.filter(({ module }) => !(packageOf(module) in declared));
    expect(undeclared.map(({ file, line, module }) => `${file}:${line} ${module}`)).toEqual([]);
  });

  it('asks every user only for what the root, the memory system and the testing tools load', () => {
    const optional = Object.keys(manifest.peerDependenciesMeta).filter(
      (name) => manifest.peerDependenciesMeta[name]?.optional,
    );
    const everywhere = external.filter(
      ({ file, typeOnly }) => !typeOnly && !/^systems\/(?!memory\/)/.test(file),
    );
    expect(everywhere.filter(({ module }) => optional.includes(packageOf(module)))).toEqual([]);
    expect(optional.filter((name) => !(name in manifest.peerDependencies))).toEqual([]);
  });

  it('has no dependency or peer that lib does not use', () => {
    // Nest itself needs this one in every application; the typed decorators of lib rely on it at run time.
    const used = new Set(['reflect-metadata', ...external.map(({ module }) => packageOf(module))]);
    const names = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)];
    expect(names.filter((name) => !used.has(name))).toEqual([]);
  });

  it('tests with the newest major of every peer', () => {
    for (const [name, range] of Object.entries(manifest.peerDependencies)) {
      const newest = /\^(\d+)[^|]*$/.exec(range)?.[1];
      expect(`${name} ${manifest.devDependencies[name]}`).toMatch(new RegExp(`^${name} \\^${newest}\\.`));
    }
  });

  it('names no host of a registry in the lock file', () => {
    const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { resolved?: string }>;
    };
    const resolved = Object.entries(lock.packages).filter(([, entry]) => entry.resolved);
    expect(resolved).toEqual([]);
  });

  it.each(doors)('$path exports something', async (door) => {
    const source = door.default.replace('./dist/', '').replace(/\.js$/, '.ts');
    expect(Object.keys((await import(join(LIB, source))) as object)).not.toEqual([]);
  });
});

describe('the packed tarball', () => {
  let scratch: string;
  let tarball: Tarball;
  beforeAll(async () => {
    scratch = createScratch('package');
    tarball = await packTarball(scratch);
  }, 60_000);
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

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

  it('passes publint', async () => {
    await execute(bin('publint'), ['run', tarball.file, '--strict'], scratch);
  }, 60_000);

  it('has types that resolve from ESM and from bundlers', async () => {
    await execute(bin('attw'), [tarball.file, '--profile', 'esm-only', '--no-emoji', '--no-color'], scratch);
  }, 60_000);
});
