import type { Clients } from '../../../lib/core/model/target-system.js';
import type { FileSystemClient } from '../../../lib/systems/filesystem/index.js';
import type { Effects } from './effects.js';

/** Effects as files: `<change>/<part>#<attempt>`. */
export function folderEffects(clients: Clients, changeId: string): Effects {
  return new FolderEffects(clients[0].instance as FileSystemClient, changeId);
}

class FolderEffects implements Effects {
  constructor(
    private readonly files: FileSystemClient,
    private readonly changeId: string,
  ) {}

  add(part: string, attempt: number): Promise<void> {
    return this.files.write(`${this.changeId}/${part}#${attempt}`, 'done');
  }

  async remove(part: string): Promise<void> {
    const names = await this.files.list(this.changeId);
    for (const name of names.filter((found) => found.startsWith(`${part}#`)))
      await this.files.remove(`${this.changeId}/${name}`);
  }

  async parts(): Promise<ReadonlySet<string>> {
    const names = await this.files.list(this.changeId);
    return new Set(names.map((name) => name.slice(0, name.indexOf('#'))));
  }

  async createTable(): Promise<void> {
    throw new Error('a folder has no tables');
  }
}
