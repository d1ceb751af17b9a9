import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, link, lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Recipes } from 'nestjs-flamingock';
import type { Clients } from 'nestjs-flamingock/kit';
import { FileSystemClient, FileSystemTargetSystem } from 'nestjs-flamingock/filesystem';
import { attemptScope } from '../../../lib/testing/target-system/attempt-scope.sample.js';
import { inPlace } from './file-system-location.js';
import { makePipe, smallDisks, stoppedWhileWriting, whileReadOnly } from './hard-locations.js';

/** Neither has room where 1 MiB has none. */
const [OLD, NEW] = [Buffer.alloc(1.5 * 1024 * 1024, 'old'), Buffer.alloc(1.6 * 1024 * 1024, 'new')];

type Work = (files: FileSystemClient, recipes: Recipes) => Promise<unknown>;

/** Lets changes act in one process. */
function actIn(root: string): (work: Work, changeId?: string) => Promise<unknown> {
  const target = new FileSystemTargetSystem('config', { root });
  return (work, changeId = 'one') =>
    target.connect(attemptScope({ changeId }), (clients: Clients) =>
      work(clients[0].instance as FileSystemClient, clients[1]?.instance as Recipes),
    );
}

const sumOf = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');
const sum = async (root: string, name: string): Promise<string> => sumOf(await readFile(join(root, name)));
const namesIn = async (root: string): Promise<string[]> =>
  (await readdir(root)).filter((name) => name !== '.flamingock').sort();

const UNWRITTEN = {
  message: expect.stringMatching(/\/root\/\w+' was not written and is as it was/),
  code: expect.stringMatching(/^(ENOSPC|EFBIG)$/),
};

describe.each(smallDisks())('on $name', ({ use }) => {
  it('write fails and leaves the file as it was, and so does undo', () =>
    use(async (root, whenFull) => {
      const act = actIn(root);
      await act((files) => files.write('a', OLD));
      await whenFull(() =>
        expect(act((files) => files.write('a', NEW), 'two')).rejects.toMatchObject(UNWRITTEN),
      );
      expect(await sum(root, 'a')).toBe(sumOf(OLD));
      await act((_, recipes) => recipes.undo(), 'two');
      expect(await sum(root, 'a')).toBe(sumOf(OLD));
      expect(await namesIn(root)).toEqual(['a']);
    }));

  it('copy fails and leaves what was there', () =>
    use(async (root, whenFull) => {
      const act = actIn(root);
      await act((files) => Promise.all([files.write('from', NEW), files.write('to', 'old')]));
      const copy: Work = (files) => files.copy('from', 'to', { overwrite: true });
      await whenFull(() => expect(act(copy)).rejects.toMatchObject(UNWRITTEN));
      expect(await readFile(join(root, 'to'), 'utf8')).toBe('old');
      expect(await namesIn(root)).toEqual(['from', 'to']);
    }));

  it.each(['one name', 'two names'])('append to a file of %s fails and leaves no part', (names) =>
    use(async (root, whenFull) => {
      const act = actIn(root);
      await act((files) => files.write('a', 'old\n'));
      if (names === 'two names') await link(join(root, 'a'), join(root, 'b'));
      await whenFull(() => expect(act((files) => files.append('a', NEW))).rejects.toMatchObject(UNWRITTEN));
      expect(await readFile(join(root, 'a'), 'utf8')).toBe('old\n');
    }),
  );

  it('undo for which there is no room says so, and leaves what is there', () =>
    use(async (root, whenFull) => {
      const act = actIn(root);
      await act((files) => files.write('a', OLD));
      await act((files) => files.write('a', 'new'), 'change');
      const undo = () => act((_, recipes) => recipes.undo(), 'change');
      await whenFull(() => expect(undo()).rejects.toMatchObject(UNWRITTEN));
      expect(await readFile(join(root, 'a'), 'utf8')).toBe('new');
    }));
});

describe('where nothing can be written any more', () => {
  it('undo has nothing to do for what is as it was', () =>
    inPlace(async ({ above, root }) => {
      await chmod(above, 0o755);
      await mkdir(join(root, 'sub'), { recursive: true });
      await writeFile(join(root, 'sub', 'a'), 'old');
      await writeFile(join(root, 'sub', 'large'), Buffer.alloc(100_000, 'old'));
      const act = actIn(root);
      await whileReadOnly([root, join(root, 'sub')], async () => {
        const denied = { code: expect.stringMatching(/^(EACCES|EROFS|EPERM)$/) };
        await act(async (files) => {
          await expect(files.write('sub/a', 'new')).rejects.toMatchObject(denied);
          await expect(files.write('sub/large', 'new')).rejects.toMatchObject(denied);
          await expect(files.write('sub/made/b', 'new')).rejects.toMatchObject(denied);
          await expect(files.remove('sub', { recursive: true })).rejects.toMatchObject(denied);
          await expect(files.copy('sub/a', 'sub/c')).rejects.toMatchObject(denied);
          await expect(files.move('sub/a', 'sub/d')).rejects.toMatchObject(denied);
        });
        await act((_, recipes) => recipes.undo());
      });
      expect(await readdir(join(root, 'sub'))).toEqual(['a', 'large']);
    }));
});

describe('what is no file', () => {
  it.each<[string, Work]>([
    ['read', (files) => files.read('pipe')],
    ['readBytes', (files) => files.readBytes('pipe')],
    ['readJson', (files) => files.readJson('pipe')],
    ['write', (files) => files.write('pipe', 'x')],
    ['append', (files) => files.append('pipe', 'x')],
    ['copy', (files) => files.copy('pipe', 'other')],
  ])('is refused by %s, at once and by name', (_, work) =>
    inPlace(async ({ root }) => {
      await mkdir(root);
      await makePipe(join(root, 'pipe'));
      await expect(actIn(root)(work)).rejects.toThrow(/^'pipe' is a pipe, no file/);
      expect((await lstat(join(root, 'pipe'))).isFIFO()).toBe(true);
    }),
  );
});

describe('names', () => {
  it.each(['n', 'ü', '漢', '🦩'])('of 255 bytes are written, copied, moved and put back: %s', (letter) =>
    inPlace(async ({ root, above }) => {
      const name = `${letter.repeat(Math.floor(251 / Buffer.byteLength(letter)))}.txt`;
      const long = name.padEnd(name.length + 255 - Buffer.byteLength(name), 'n');
      const act = actIn(root);
      await act((files) => files.write(long, OLD));
      await act(async (files) => {
        await files.write(long, 'new');
        await files.append(long, 'er');
        await files.move(long, `a/${long}`);
        await files.copy(`a/${long}`, `b/${long}`);
        await files.write(`b/${long}`, OLD);
      }, 'two');
      await act((_, recipes) => recipes.undo(), 'two');
      expect(await namesIn(root)).toEqual([long]);
      expect(await sum(root, long)).toBe(sumOf(OLD));
      expect(await readdir(above)).toEqual(['root']);
    }),
  );
});

describe('a file with another name, outside the root', () => {
  it.each<[string, Work]>([
    ['append', (files) => files.append('a', 'new\n')],
    ['write', (files) => files.write('a', 'new\n')],
  ])('is not changed by %s, nor by putting back', (_, work) =>
    inPlace(async ({ above, root }) => {
      await mkdir(root);
      await writeFile(join(above, 'outside'), 'old\n', { mode: 0o640 });
      await link(join(above, 'outside'), join(root, 'a'));
      const act = actIn(root);
      await act(work);
      expect(await readFile(join(root, 'a'), 'utf8')).toMatch(/new\n$/);
      expect((await lstat(join(root, 'a'))).mode & 0o777).toBe(0o640);
      expect(await readFile(join(above, 'outside'), 'utf8')).toBe('old\n');
      await act((_files, recipes) => recipes.undo());
      expect(await readFile(join(root, 'a'), 'utf8')).toBe('old\n');
    }),
  );

  it('that it got meanwhile is not cut off by putting back', () =>
    inPlace(async ({ above, root }) => {
      const act = actIn(root);
      await act((files) => files.write('a', 'old\n'));
      await act((files) => files.append('a', 'new\n'), 'two');
      await link(join(root, 'a'), join(above, 'outside'));
      await act((_, recipes) => recipes.undo(), 'two');
      expect(await readFile(join(root, 'a'), 'utf8')).toBe('old\n');
      expect(await readFile(join(above, 'outside'), 'utf8')).toBe('old\nnew\n');
    }));
});

describe('a process that is stopped while it writes', () => {
  it('leaves what the next change removes when it is dead, wherever that change writes', () =>
    inPlace(async ({ root }) => {
      await mkdir(join(root, 'deep'), { recursive: true });
      const child = await stoppedWhileWriting(root);
      const [left = '', ...more] = await readdir(join(root, 'deep'));
      expect([Buffer.byteLength(left) > 0, more]).toEqual([true, []]);
      await actIn(root)(async (files) => {
        expect(await files.list('deep')).toEqual([]);
        await files.write('b', 'b');
      });
      expect(await readdir(join(root, 'deep'))).toEqual([left]);
      child.kill('SIGKILL');
      await once(child, 'exit');
      await actIn(root)((files) => files.write('c', 'c'), 'two');
      expect(await readdir(join(root, 'deep'))).toEqual([]);
      expect(await readdir(root)).toEqual(['b', 'c', 'deep']);
    }));
});
