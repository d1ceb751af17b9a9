import { resolve } from 'node:path';
import { clientGate } from '../../core/client-gate.js';
import { TargetSystemError } from '../../core/errors.js';
import type { AttemptScope, Clients, TargetSystem } from '../../core/target-system.js';
import { FileSystemClient } from './file-system.client.js';

/** Where the files are. */
export interface FileSystemTargetSystemOptions {
  /** The folder that changes may write below; relative to where the process was started. Made at the first write. */
  readonly root: string;
}

/** A folder as a target system. It has no transactions: every call is there at once. */
export class FileSystemTargetSystem implements TargetSystem {
  readonly kind = 'filesystem';
  readonly transactional = false;
  /** Absolute. */
  readonly root: string;

  constructor(
    readonly id: string,
    { root }: FileSystemTargetSystemOptions,
  ) {
    this.root = resolve(root);
  }

  clients(): Clients {
    const refuse = (): never => {
      throw new TargetSystemError(`A client of target system '${this.id}' was used outside any change.`);
    };
    return clientsOf({ root: this.root, perform: refuse, guard: refuse });
  }

  async connect<T>(scope: AttemptScope, work: (clients: Clients) => Promise<T>): Promise<T> {
    const gate = clientGate(scope, this.id);
    try {
      return await work(clientsOf({ root: this.root, perform: gate.perform, guard: () => scope.guard() }));
    } finally {
      gate.close();
      await gate.settled();
    }
  }
}

function clientsOf(access: ConstructorParameters<typeof FileSystemClient>[0]): Clients {
  return [{ token: FileSystemClient, instance: new FileSystemClient(access) }];
}
