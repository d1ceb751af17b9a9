import { execFile } from 'node:child_process';
import { link, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { Recipes, TargetSystemError } from 'nestjs-flamingock';
import type { AttemptScope, Clients } from 'nestjs-flamingock/kit';
import { FileSystemClient, FileSystemTargetSystem } from 'nestjs-flamingock/filesystem';
import { attemptScope } from '../../../lib/testing/target-system/attempt-scope.sample.js';
import { inPlace } from './file-system-location.js';

const LARGE = 'x'.repeat(100_000);

type Work = (files: FileSystemClient, recipes: Recipes) => Promise<unknown>;

/** Lets attempts act on one target system, as one process would. */
function attempts(root: string, undoFolder?: string) {
  const target = new FileSystemTargetSystem('config', { root, ...(undoFolder && { undoFolder }) });
  const given = (work: Work) => (clients: Clients) =>
    work(clients[0].instance as FileSystemClient, clients[1]?.instance as Recipes);
  return {
    act: (changeId: string, work: Work) => target.connect(attemptScope({ changeId }), given(work)),
    preview: (work: Work, scope: Partial<AttemptScope> = {}) =>
      target.preview(
        attemptScope(scope),
        () => undefined,
        given(work) as (clients: Clients) => Promise<void>,
      ),
  };
}

describe('recipes of the file system', () => {
  it('put back all that @Apply did, newest first, with the folders that it made', () =>
    inPlace(async ({ root, above }) => {
      const { act } = attempts(root);
      await act('one', async (files, recipes) => {
        await files.write('a/b', 'one');
        await files.write('a/b', 'two');
        await files.append('a/b', ' three');
        await files.move('a/b', 'c/d');
        expect(recipes.performed).toEqual([
          "write 'a/b'",
          "write 'a/b'",
          "append to 'a/b'",
          "move 'a/b' to 'c/d'",
        ]);
      });
      await act('one', (_, recipes) => recipes.undo());
      expect(await readdir(above)).toEqual([]);
    }));

  it('leave alone what others put into a folder that the change made', () =>
    inPlace(async ({ root }) => {
      const { act } = attempts(root);
      await act('one', (files) => files.write('made/a', 'a'));
      await writeFile(join(root, 'made', 'theirs'), '');
      await act('one', (_, recipes) => recipes.undo());
      expect(await readdir(join(root, 'made'))).toEqual(['theirs']);
    }));

  it('know nothing of what another execution did', () =>
    inPlace(async ({ root }) => {
      await attempts(root).act('one', (files) => files.write('a', 'a'));
      await expect(attempts(root).act('one', (_, recipes) => recipes.undo())).rejects.toThrow(
        /knows nothing of what @Apply did/,
      );
    }));

  it('put nothing back where something cannot be', () =>
    inPlace(async ({ root }) => {
      const { act } = attempts(root);
      await mkdir(join(root, 'pipes'), { recursive: true });
      await promisify(execFile)('mkfifo', [join(root, 'pipes', 'one')]);
      await act('one', async (files) => {
        await files.write('a', 'a');
        await files.remove('pipes', { recursive: true });
      });
      const undone = act('one', (_, recipes) => recipes.undo());
      await expect(undone).rejects.toThrow(/put nothing back.*remove 'pipes': there is something in 'pipes'/);
      expect(await readFile(join(root, 'a'), 'utf8')).toBe('a');
    }));
});

describe('append', () => {
  it('adds nothing twice when an attempt follows on one that died', () =>
    inPlace(async ({ root, use }) => {
      await use((files) => files.append('a', 'one\n'));
      await use((files) => files.append('a', 'one\n'));
      expect(await readFile(join(root, 'a'), 'utf8')).toBe('one\n');
    }));

  it('adds what a change appends twice, one after the other and at once', () =>
    inPlace(async ({ root, use }) => {
      await use(async (files) => {
        await files.append('a', 'x');
        await files.append('a', 'x');
        await Promise.all([1, 2, 3].map(() => files.append('b', 'y')));
      });
      expect(await readFile(join(root, 'a'), 'utf8')).toBe('xx');
      expect(await readFile(join(root, 'b'), 'utf8')).toBe('yyy');
    }));
});

describe('the folder of copies', () => {
  it('holds what is large until the next attempt makes its first change, and is not seen by changes', () =>
    inPlace(async ({ root }) => {
      const { act } = attempts(root);
      await mkdir(root);
      await writeFile(join(root, 'a'), LARGE);
      await act('one', async (files) => {
        await files.write('a', 'small');
        expect(await files.list()).toEqual(['a']);
      });
      expect(await readdir(root)).toEqual(['.flamingock', 'a']);
      await act('two', (files) => files.read('a'));
      expect(await readdir(root)).toEqual(['.flamingock', 'a']);
      await act('two', (files) => files.write('b', 'b'));
      expect(await readdir(root)).toEqual(['a', 'b']);
    }));

  it('keeps the content of a file that has other names, which change it', () =>
    inPlace(async ({ root }) => {
      const { act } = attempts(root);
      await mkdir(root);
      await writeFile(join(root, 'a'), LARGE);
      await link(join(root, 'a'), join(root, 'other'));
      await act('one', (files) => files.remove('a'));
      await writeFile(join(root, 'other'), 'changed');
      await act('one', (_, recipes) => recipes.undo());
      expect(await readFile(join(root, 'a'), 'utf8')).toBe(LARGE);
    }));

  it.each<[string, Work]>([
    ['reads', (files) => files.read('.undo/undo/a')],
    ['writes', (files) => files.write('.undo/a', '')],
    ['removals', (files) => files.remove('.undo', { recursive: true })],
    ['moves', (files) => files.move('.undo', 'mine')],
  ])('refuses %s, under the name that it was given', (_, work) =>
    inPlace(async ({ root }) => {
      const refused = attempts(root, '.undo').act('one', work);
      await expect(refused).rejects.toThrow(TargetSystemError);
      await expect(refused).rejects.toThrow(/'.undo' is where Flamingock keeps/);
    }),
  );

  it.each(['', '.', '..', 'a/b'])("cannot be called '%s'", (undoFolder) => {
    expect(() => new FileSystemTargetSystem('config', { root: 'anywhere', undoFolder })).toThrow(
      /is no name of a folder/,
    );
  });
});

describe('a preview', () => {
  it('is refused what it does after its end', () =>
    inPlace(async ({ root }) => {
      let late: FileSystemClient | undefined;
      await attempts(root).preview(async (files) => void (late = files));
      await expect(late?.write('a', 'a')).rejects.toThrow(/has ended/);
      await expect(late?.list()).rejects.toThrow(/has ended/);
    }));

  it('fails where the change would', () =>
    inPlace(async ({ root }) => {
      const { preview } = attempts(root);
      await expect(preview((files) => files.copy('nothing', 'a'))).rejects.toMatchObject({ code: 'ENOENT' });
    }));
});
