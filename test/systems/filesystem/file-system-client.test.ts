import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { FileSystemClient, FileSystemTargetSystem } from 'nestjs-flamingock/filesystem';
import { inPlace } from './file-system-location.js';

describe('FileSystemClient', () => {
  it('makes the root at the first write, not before', () =>
    inPlace(async ({ above, root, use }) => {
      await use(async (files) => {
        expect(await files.exists('a.txt')).toBe(false);
        expect(await files.list()).toEqual([]);
        expect(await readdir(above)).toEqual([]);
        await files.write('deep/er/a.txt', 'hello');
      });
      expect(await readFile(join(root, 'deep/er/a.txt'), 'utf8')).toBe('hello');
    }));

  it('writes and reads text, bytes and JSON', () =>
    inPlace(({ use }) =>
      use(async (files) => {
        await files.write('text', 'Zoë 🦩\r\n');
        expect(await files.read('text')).toBe('Zoë 🦩\r\n');
        await files.write('bytes', Uint8Array.of(0, 255, 10));
        expect([...(await files.readBytes('bytes'))]).toEqual([0, 255, 10]);
        await files.writeJson('value.json', { a: [1, null] });
        expect(await files.readJson('value.json')).toEqual({ a: [1, null] });
        expect(await files.read('value.json')).toBe('{\n  "a": [\n    1,\n    null\n  ]\n}\n');
      }),
    ));

  it('names the file that is not JSON, and the value that cannot be', () =>
    inPlace(({ use }) =>
      use(async (files) => {
        await files.write('bad.json', '{');
        await expect(files.readJson('bad.json')).rejects.toThrow(/'bad.json' .* is not JSON/);
        await expect(files.writeJson('bad.json', undefined)).rejects.toThrow(
          /'bad.json' cannot be said in JSON/,
        );
        expect(await files.read('bad.json')).toBe('{');
      }),
    ));

  it('replaces a file as a whole, keeps its permissions and leaves nothing beside it', () =>
    inPlace(async ({ root, use }) => {
      await mkdir(root);
      await writeFile(join(root, 'a'), 'old and long');
      await chmod(join(root, 'a'), 0o640);
      await use((files) => files.write('a', 'new'));
      expect(await readFile(join(root, 'a'), 'utf8')).toBe('new');
      expect((await stat(join(root, 'a'))).mode & 0o777).toBe(0o640);
      expect(await readdir(root)).toEqual(['a']);
    }));

  it('takes 50 writes of one file at once, of which one stays whole', () =>
    inPlace(({ root, use }) =>
      use(async (files) => {
        const texts = Array.from({ length: 50 }, (_, index) => `${index}`.repeat(10_000));
        await Promise.all(texts.map((text) => files.write('a', text)));
        expect(texts).toContain(await files.read('a'));
        expect(await readdir(root)).toEqual(['a']);
      }),
    ));

  it('appends, and makes what is missing', () =>
    inPlace(({ use }) =>
      use(async (files) => {
        await files.append('log/a', 'one\n');
        await files.append('log/a', Buffer.from('two\n'));
        expect(await files.read('log/a')).toBe('one\ntwo\n');
      }),
    ));

  it('lists names in order', () =>
    inPlace(({ use }) =>
      use(async (files) => {
        for (const name of ['b', 'a', 'c/d']) await files.write(name, '');
        expect(await files.list()).toEqual(['a', 'b', 'c']);
        expect(await files.list('c')).toEqual(['d']);
        expect(await files.list('nowhere')).toEqual([]);
      }),
    ));

  it('removes files and empty folders, full ones only when told, and says whether there was anything', () =>
    inPlace(({ use }) =>
      use(async (files) => {
        await files.write('full/a', '');
        await files.makeDirectory('empty');
        expect(await files.remove('empty')).toBe(true);
        await expect(files.remove('full')).rejects.toMatchObject({ code: 'ENOTEMPTY' });
        expect(await files.remove('full/a')).toBe(true);
        expect(await files.remove('full/a')).toBe(false);
        await files.write('full/b', '');
        expect(await files.remove('full', { recursive: true })).toBe(true);
        expect(await files.list()).toEqual([]);
      }),
    ));

  it.each(['move', 'copy'] as const)('%ss a file, and not onto another unless told', (call) =>
    inPlace(({ use }) =>
      use(async (files) => {
        await files.write('a', 'a');
        await files.write('b', 'b');
        await expect(files[call]('a', 'b')).rejects.toThrow(/something already/);
        expect(await files.read('b')).toBe('b');
        await files[call]('a', 'b', { overwrite: true });
        expect(await files.read('b')).toBe('a');
        await files[call]('b', 'new/folder/c');
        expect(await files.read('new/folder/c')).toBe('a');
        expect(await files.exists('b')).toBe(call === 'copy');
      }),
    ),
  );

  it("gives errors of the system with Node's code", () =>
    inPlace(({ use }) =>
      use(async (files) => {
        await expect(files.read('nothing')).rejects.toMatchObject({ code: 'ENOENT' });
        await files.write('file', '');
        await expect(files.write('file/below', '')).rejects.toMatchObject({ code: /ENOTDIR|EEXIST/ });
        await expect(files.makeDirectory('file')).rejects.toMatchObject({ code: 'ENOTDIR' });
        await expect(files.move('gone', 'nowhere')).rejects.toMatchObject({ code: 'ENOENT' });
      }),
    ));

  it('follows a link that stays below the root, and removes the link itself', () =>
    inPlace(async ({ root, use }) => {
      await use((files) => files.write('real/a', 'a'));
      await symlink('real', join(root, 'link'));
      await use(async (files) => {
        await files.write('link/b', 'b');
        expect(await files.read('real/b')).toBe('b');
        expect(await files.remove('link', { recursive: true })).toBe(true);
        expect(await files.list('real')).toEqual(['a', 'b']);
      });
    }));

  it('ends a call whose await was forgotten before the attempt ends', () =>
    inPlace(async ({ root, use }) => {
      let forgotten: Promise<void> | undefined;
      await use(async (files) => {
        forgotten = files.write('a', 'a');
      });
      expect(await readFile(join(root, 'a'), 'utf8')).toBe('a');
      await forgotten;
    }));

  it('asks the guard again right before the effect', () =>
    inPlace(async ({ above, use }) => {
      let asked = 0;
      const guard = (): void => {
        asked += 1;
        if (asked === 2) throw new Error('the lease was lost meanwhile');
      };
      await use((files) => expect(files.write('a', 'a')).rejects.toThrow('the lease was lost meanwhile'), {
        guard,
      });
      expect(await readdir(above)).toEqual([]);
    }));

  it('cannot be used outside a change', async () => {
    const [{ instance }] = new FileSystemTargetSystem('config', { root: 'anywhere' }).clients();
    await expect(async () => (instance as FileSystemClient).list()).rejects.toThrow(
      /'config' was used outside/,
    );
  });
});
