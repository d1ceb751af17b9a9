import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { FileSystemClient, FileSystemTargetSystem } from 'nestjs-flamingock/filesystem';
import { recipeContract, type RecipeCase } from 'nestjs-flamingock/testing';
import { snapshot } from './file-system-snapshot.js';

const LARGE = 'x'.repeat(100_000);
const above = await mkdtemp(join(tmpdir(), 'flamingock-'));
const root = join(above, 'root');
let cases = 0;

/** A case in a folder of its own, given as a path below the root. */
function inFolder(
  operation: (files: FileSystemClient, at: (path: string) => string) => Promise<unknown>,
  prepare: (at: (path: string) => string) => Promise<unknown> = async () => undefined,
): RecipeCase {
  const folder = `case-${(cases += 1)}`;
  return {
    prepare: async () => {
      await mkdir(join(root, folder), { recursive: true });
      await prepare((path) => join(root, folder, path));
    },
    operation: ([{ instance }]) => operation(instance as FileSystemClient, (path) => `${folder}/${path}`),
    state: () => snapshot(join(root, folder)),
  };
}

const file =
  (name: string, content: string, mode = 0o640) =>
  async (at: (path: string) => string) => {
    await writeFile(at(name), content);
    await chmod(at(name), mode);
  };

async function fullFolder(at: (path: string) => string): Promise<void> {
  await mkdir(at('full/deep'), { recursive: true });
  await writeFile(at('full/deep/large'), LARGE);
  await writeFile(at('full/small'), 'small');
  await chmod(at('full/small'), 0o600);
  await symlink('small', at('full/link'));
  await chmod(at('full/deep'), 0o750);
}

recipeContract(
  { describe, it, beforeAll, afterAll },
  {
    name: 'filesystem',
    start: async () => new FileSystemTargetSystem('config', { root }),
    stop: () => rm(above, { recursive: true }),
    cases: {
      'write: a new file in new folders': inFolder((files, at) => files.write(at('a/b/c'), 'new')),
      'write: a file that is there': inFolder((files, at) => files.write(at('a'), 'new'), file('a', 'old\n')),
      'write: a large file': inFolder((files, at) => files.write(at('a'), `${LARGE}y`), file('a', LARGE)),
      'write: bytes that are no text': inFolder(
        (files, at) => files.write(at('a'), Uint8Array.of(255, 0)),
        file('a', 'text'),
      ),
      writeJson: inFolder((files, at) => files.writeJson(at('a.json'), { b: 2 }), file('a.json', '{"b":1}')),
      'append: to a new file': inFolder((files, at) => files.append(at('log/a'), 'one\n')),
      'append: to a file that is there': inFolder(
        (files, at) => files.append(at('a'), 'two\n'),
        file('a', LARGE),
      ),
      makeDirectory: inFolder((files, at) => files.makeDirectory(at('a/b/c'))),
      'remove: a file': inFolder((files, at) => files.remove(at('a')), file('a', 'text', 0o604)),
      'remove: an empty folder': inFolder(
        (files, at) => files.remove(at('empty')),
        (at) => mkdir(at('empty'), 0o711),
      ),
      'remove: a link': inFolder(
        (files, at) => files.remove(at('link')),
        (at) => symlink('nowhere', at('link')),
      ),
      'remove: a full folder': inFolder(
        (files, at) => files.remove(at('full'), { recursive: true }),
        fullFolder,
      ),
      'move: a file': inFolder((files, at) => files.move(at('a'), at('new/b')), file('a', LARGE)),
      'move: a full folder': inFolder((files, at) => files.move(at('full'), at('other')), fullFolder),
      'move: onto another file': inFolder(
        (files, at) => files.move(at('a'), at('b'), { overwrite: true }),
        async (at) => {
          await file('a', 'a', 0o600)(at);
          await file('b', LARGE)(at);
        },
      ),
      'copy: a file': inFolder((files, at) => files.copy(at('a'), at('new/b')), file('a', LARGE, 0o606)),
      'copy: onto another file': inFolder(
        (files, at) => files.copy(at('a'), at('b'), { overwrite: true }),
        async (at) => {
          await file('a', 'a', 0o600)(at);
          await file('b', 'b')(at);
        },
      ),
    },
  },
);
