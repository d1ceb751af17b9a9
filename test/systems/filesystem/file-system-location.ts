import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileSystemClient, FileSystemTargetSystem } from 'nestjs-flamingock/filesystem';
import type { AttemptScope } from '../../../lib/core/model/target-system.js';
import { attemptScope } from '../../../lib/testing/target-system/attempt-scope.sample.js';

/** A folder with nothing in it, in which a root may be made; and another one that is none of a change's business. */
export interface Location {
  readonly above: string;
  readonly root: string;
  use<T>(work: (files: FileSystemClient) => Promise<T>, scope?: Partial<AttemptScope>): Promise<T>;
}

/** Does `work` with a place of its own. */
export async function inPlace(work: (location: Location) => Promise<void>): Promise<void> {
  const above = await realpath(await mkdtemp(join(tmpdir(), 'flamingock-')));
  const root = join(above, 'root');
  const target = new FileSystemTargetSystem('config', { root });
  try {
    await work({
      above,
      root,
      use: (use, scope) =>
        target.connect(attemptScope(scope), ([{ instance }]) => use(instance as FileSystemClient)),
    });
  } finally {
    await rm(above, { recursive: true });
  }
}
