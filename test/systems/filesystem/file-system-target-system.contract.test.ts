import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { FileSystemClient, FileSystemTargetSystem } from 'nestjs-flamingock/filesystem';
import { targetSystemContract, type Effect } from 'nestjs-flamingock/testing';

const by =
  (work: (files: FileSystemClient, name: string) => Promise<unknown>): Effect =>
  async ([{ instance }], name) => {
    await work(instance as FileSystemClient, name);
  };

targetSystemContract(
  { describe, it, beforeAll, afterAll },
  {
    name: 'filesystem',
    transactional: false,
    effects: {
      write: by((files, name) => files.write(name, 'text')),
      writeJson: by((files, name) => files.writeJson(name, {})),
      append: by((files, name) => files.append(name, 'text')),
      makeDirectory: by((files, name) => files.makeDirectory(name)),
    },
    async createLocation() {
      const above = await mkdtemp(join(tmpdir(), 'flamingock-'));
      const root = join(above, 'root');
      return {
        connect: async () => ({
          target: new FileSystemTargetSystem('config', { root }),
          close: async () => {},
        }),
        effects: () => readdir(root).catch(() => []),
        drop: () => rm(above, { recursive: true }),
      };
    },
  },
);
