import { mkdir, readdir, readFile, realpath, rmdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { FileSystemClient } from 'nestjs-flamingock/filesystem';
import { TargetSystemError } from '../../../lib/core/model/errors.js';
import { locate } from '../../../lib/systems/filesystem/files/file-session.js';
import { inPlace, type Location } from './file-system-location.js';

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

async function withSecret(work: (location: Location) => Promise<void>): Promise<void> {
  await inPlace(async (location) => {
    await mkdir(join(location.above, 'outside'));
    await writeFile(join(location.above, 'outside', 'secret'), '"secret"');
    await mkdir(join(location.root, 'folder'), { recursive: true });
    await writeFile(join(location.root, 'inside'), '"inside"');
    await work(location);
    expect(await readdir(join(location.above, 'outside'))).toEqual(['secret']);
    expect(await readFile(join(location.above, 'outside', 'secret'), 'utf8')).toBe('"secret"');
    expect((await readdir(location.above)).sort()).toEqual(['outside', 'root']);
    expect(await readFile(join(location.root, 'inside'), 'utf8')).toBe('"inside"');
  });
}

const refused = (location: Location, call: (typeof CALLS)[string], path: string): Promise<void> =>
  location.use((files) => expect(async () => call(files, path)).rejects.toThrow(TargetSystemError));

describe.each(Object.entries({ ...CALLS, ...ENTRY_CALLS }))('%s', (_, call) => {
  it.each([
    '../outside/secret',
    '..',
    'folder/../../outside/secret',
    './../outside/secret',
    'folder/../..',
    'nowhere/../../outside/new',
  ])("refuses '%s'", (path) => withSecret((location) => refused(location, call, path)));

  it('refuses an absolute path, outside and inside the root', () =>
    withSecret(async (location) => {
      await refused(location, call, join(location.above, 'outside', 'secret'));
      await refused(location, call, join(location.root, 'inside'));
      await refused(location, call, '/');
    }));

  it('refuses a folder on the way that is a link out of the root, be it relative, absolute or of two steps', () =>
    withSecret(async (location) => {
      await symlink('../outside', join(location.root, 'relative'));
      await symlink(join(location.above, 'outside'), join(location.root, 'absolute'));
      await symlink('relative', join(location.root, 'twice'));
      await symlink('../..', join(location.root, 'folder', 'up'));
      for (const link of ['relative', 'absolute', 'twice', 'folder/up/outside']) {
        await refused(location, call, `${link}/secret`);
        await refused(location, call, `${link}/new`);
        await refused(location, call, `${link}/new/deep`);
      }
    }));

  it('refuses a folder on the way that is a link without a target, or to itself', () =>
    withSecret(async (location) => {
      await symlink('../outside-new', join(location.root, 'dangling'));
      await symlink('itself', join(location.root, 'itself'));
      for (const link of ['dangling', 'itself']) await refused(location, call, `${link}/new`);
    }));
});

describe.each(Object.entries(CALLS))('%s', (_, call) => {
  it('refuses a link out of the root, with a target or without', () =>
    withSecret(async (location) => {
      await symlink('../outside/secret', join(location.root, 'file'));
      await symlink('../outside', join(location.root, 'directory'));
      await symlink('../outside/new', join(location.root, 'dangling'));
      await symlink('dangling', join(location.root, 'twice'));
      for (const link of ['file', 'directory', 'dangling', 'twice']) await refused(location, call, link);
    }));
});

describe.each(Object.entries(ENTRY_CALLS))('%s', (_, call) => {
  it.each(['', '.', 'folder/..'])("refuses the root itself, as '%s'", (path) =>
    withSecret((location) => refused(location, call, path)),
  );
});

describe('a link out of the root', () => {
  it('is seen, moved and removed as a link', () =>
    withSecret(async (location) => {
      await symlink('../outside', join(location.root, 'link'));
      await location.use(async (files) => {
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
    inPlace(async (location) => {
      await mkdir(join(location.above, 'root-2'));
      await mkdir(location.root);
      await symlink('../root-2', join(location.root, 'link'));
      await refused(location, CALLS['write']!, '../root-2/a');
      await refused(location, CALLS['write']!, 'link/a');
      expect(await readdir(join(location.above, 'root-2'))).toEqual([]);
    }));

  it('may hold names that begin with dots', () =>
    inPlace(async ({ root, use }) => {
      await use((files) => files.write('..hidden', 'a'));
      expect(await readdir(root)).toEqual(['..hidden']);
    }));
});

it('a folder that others make and remove meanwhile is no link that leads nowhere', () =>
  inPlace(async ({ root }) => {
    await mkdir(root, { recursive: true });
    const folder = join(await realpath(root), 'folder');
    let isOver = false;
    const comesAndGoes = async (): Promise<void> => {
      while (!isOver) {
        await mkdir(folder);
        await rmdir(folder);
      }
    };
    const look = async (): Promise<void> => {
      for (let looks = 0; looks < 300; looks++)
        expect(await locate(root, 'folder/file')).toBe(join(folder, 'file'));
    };
    await Promise.all([look().finally(() => (isOver = true)), comesAndGoes()]);
  }));
