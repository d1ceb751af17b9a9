import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { TargetSystemError } from '../../../lib/core/errors.js';
import type { FileSystemClient } from 'nestjs-flamingock/filesystem';
import { inPlace, type Place } from './file-system-place.js';

/** Every call that takes a path and follows it to its end. */
const CALLS: Readonly<Record<string, (files: FileSystemClient, path: string) => Promise<unknown>>> = {
  read: (files, path) => files.read(path),
  readBytes: (files, path) => files.readBytes(path),
  readJson: (files, path) => files.readJson(path),
  write: (files, path) => files.write(path, 'x'),
  writeJson: (files, path) => files.writeJson(path, {}),
  append: (files, path) => files.append(path, 'x'),
  list: (files, path) => files.list(path),
  makeDirectory: (files, path) => files.makeDirectory(path),
  'copy from': (files, path) => files.copy(path, 'copy'),
  'copy to': (files, path) => files.copy('inside', path, { overwrite: true }),
};

/** Calls that act on the entry of that name, so that only the folders on the way are followed. */
const ENTRY_CALLS: typeof CALLS = {
  exists: (files, path) => files.exists(path),
  remove: (files, path) => files.remove(path, { recursive: true }),
  'move from': (files, path) => files.move(path, 'moved'),
  'move to': (files, path) => files.move('inside', path, { overwrite: true }),
};

async function withSecret(work: (place: Place) => Promise<void>): Promise<void> {
  await inPlace(async (place) => {
    await mkdir(join(place.above, 'outside'));
    await writeFile(join(place.above, 'outside', 'secret'), '"secret"');
    await mkdir(join(place.root, 'folder'), { recursive: true });
    await writeFile(join(place.root, 'inside'), '"inside"');
    await work(place);
    expect(await readdir(join(place.above, 'outside'))).toEqual(['secret']);
    expect(await readFile(join(place.above, 'outside', 'secret'), 'utf8')).toBe('"secret"');
    expect((await readdir(place.above)).sort()).toEqual(['outside', 'root']);
    expect(await readFile(join(place.root, 'inside'), 'utf8')).toBe('"inside"');
  });
}

const refused = (place: Place, call: (typeof CALLS)[string], path: string): Promise<void> =>
  place.use((files) => expect(async () => call(files, path)).rejects.toThrow(TargetSystemError));

describe.each(Object.entries({ ...CALLS, ...ENTRY_CALLS }))('%s', (_, call) => {
  it.each([
    '../outside/secret',
    '..',
    'folder/../../outside/secret',
    './../outside/secret',
    'folder/../..',
    'nowhere/../../outside/new',
  ])("refuses '%s'", (path) => withSecret((place) => refused(place, call, path)));

  it('refuses an absolute path, outside and inside the root', () =>
    withSecret(async (place) => {
      await refused(place, call, join(place.above, 'outside', 'secret'));
      await refused(place, call, join(place.root, 'inside'));
      await refused(place, call, '/');
    }));

  it('refuses a folder on the way that is a link out of the root, be it relative, absolute or of two steps', () =>
    withSecret(async (place) => {
      await symlink('../outside', join(place.root, 'relative'));
      await symlink(join(place.above, 'outside'), join(place.root, 'absolute'));
      await symlink('relative', join(place.root, 'twice'));
      await symlink('../..', join(place.root, 'folder', 'up'));
      for (const link of ['relative', 'absolute', 'twice', 'folder/up/outside']) {
        await refused(place, call, `${link}/secret`);
        await refused(place, call, `${link}/new`);
        await refused(place, call, `${link}/new/deep`);
      }
    }));

  it('refuses a folder on the way that is a link without a target, or to itself', () =>
    withSecret(async (place) => {
      await symlink('../outside-new', join(place.root, 'dangling'));
      await symlink('itself', join(place.root, 'itself'));
      for (const link of ['dangling', 'itself']) await refused(place, call, `${link}/new`);
    }));
});

describe.each(Object.entries(CALLS))('%s', (_, call) => {
  it('refuses a link out of the root, with a target or without', () =>
    withSecret(async (place) => {
      await symlink('../outside/secret', join(place.root, 'file'));
      await symlink('../outside', join(place.root, 'directory'));
      await symlink('../outside/new', join(place.root, 'dangling'));
      await symlink('dangling', join(place.root, 'twice'));
      for (const link of ['file', 'directory', 'dangling', 'twice']) await refused(place, call, link);
    }));
});

describe.each(Object.entries(ENTRY_CALLS))('%s', (_, call) => {
  it.each(['', '.', 'folder/..'])("refuses the root itself, as '%s'", (path) =>
    withSecret((place) => refused(place, call, path)),
  );
});

describe('a link out of the root', () => {
  it('is seen, moved and removed as a link', () =>
    withSecret(async (place) => {
      await symlink('../outside', join(place.root, 'link'));
      await place.use(async (files) => {
        expect(await files.exists('link')).toBe(true);
        await files.move('link', 'moved');
        expect(await files.remove('moved', { recursive: true })).toBe(true);
        expect(await files.list()).toEqual(['folder', 'inside']);
      });
    }));
});

describe('a root', () => {
  it('may itself be a link', () =>
    inPlace(async ({ above, use }) => {
      await mkdir(join(above, 'elsewhere'));
      await symlink('elsewhere', join(above, 'root'));
      await use((files) => files.write('a', 'a'));
      expect(await readFile(join(above, 'elsewhere', 'a'), 'utf8')).toBe('a');
    }));

  it('is not a fellow whose name begins like its own', () =>
    inPlace(async (place) => {
      await mkdir(join(place.above, 'root-2'));
      await mkdir(place.root);
      await symlink('../root-2', join(place.root, 'link'));
      await refused(place, CALLS['write']!, '../root-2/a');
      await refused(place, CALLS['write']!, 'link/a');
      expect(await readdir(join(place.above, 'root-2'))).toEqual([]);
    }));

  it('may hold names that begin with dots', () =>
    inPlace(async ({ root, use }) => {
      await use((files) => files.write('..hidden', 'a'));
      expect(await readdir(root)).toEqual(['..hidden']);
    }));
});
