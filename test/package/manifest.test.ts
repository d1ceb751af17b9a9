import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { SHARED_ROOMS } from './boundaries.js';
import { doors, manifest } from './manifest.js';
import { LIB, readSources, ROOT } from './sources.js';

describe('package.json', () => {
  it('has an export for every public door of lib, and no other', () => {
    const systems = readdirSync(join(LIB, 'systems'))
      .filter((name) => !SHARED_ROOMS.includes(`systems/${name}`))
      .map((name) => `./${name}`);
    const rooms = ['testing', 'ops']
      .filter((room) => existsSync(join(LIB, room, 'index.ts')))
      .map((room) => `./${room}`);
    expect(doors.map(({ path }) => path).sort()).toEqual(['.', './kit', ...systems, ...rooms].sort());
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
    const names = [...Object.keys(manifest.dependencies ?? {}), ...Object.keys(manifest.peerDependencies)];
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
