import { resolve } from 'node:path';
import { TargetSystemError } from '../../core/errors.js';
import { outsideAnyChange } from '../../core/outside-any-change.js';
import type { NotePreviewed } from '../../core/previewed-operation.js';
import { recipesInAttempt, recipesInPreview } from '../../core/recipe-clients.js';
import { RecipeLedger } from '../../core/recipe-ledger.js';
import { idleRecipes, Recipes } from '../../core/recipes.js';
import type { AttemptScope, Clients, PreviewableTargetSystem } from '../../core/target-system.js';
import { withGate } from '../../core/with-gate.js';
import { type FileSession, fileSession } from './file-session.js';
import { type FileSystemAccess, FileSystemClient } from './file-system.client.js';

/** Where the files are. */
export interface FileSystemTargetSystemOptions {
  /** The folder that changes may write below; relative to where the process was started. Made at the first write. */
  readonly root: string;
  /**
   * Name of a folder in the root for copies of what is replaced or removed and larger than 64 KiB, so that it can be put back.
   * Changes neither see it nor reach it. The copies of a change stay until the next one makes its first change here.
   *
   * @default '.flamingock'
   */
  readonly undoFolder?: string;
}

/** A folder as a target system. It has no transactions: every call is there at once. */
export class FileSystemTargetSystem implements PreviewableTargetSystem {
  readonly kind = 'filesystem';
  readonly transactional = false;
  /** Absolute. */
  readonly root: string;
  readonly undoFolder: string;
  readonly #ledger = new RecipeLedger<FileSession>();

  /** @throws TargetSystemError when `undoFolder` is more than the name of one folder */
  constructor(
    readonly id: string,
    { root, undoFolder = '.flamingock' }: FileSystemTargetSystemOptions,
  ) {
    if (!/^(?!\.{1,2}$)[^/\\\0]+$/.test(undoFolder)) throw noName(id, undoFolder);
    this.root = resolve(root);
    this.undoFolder = undoFolder;
  }

  clients(): Clients {
    const refuse = outsideAnyChange(this.id);
    const session = { locate: refuse, locateEntry: refuse, guard: refuse };
    return clientsOf({ ...this.#place, session, read: refuse, perform: refuse }, idleRecipes(refuse));
  }

  connect<T>(scope: AttemptScope, work: (clients: Clients) => Promise<T>): Promise<T> {
    return withGate(scope, this.id, async (gate) => {
      const session = fileSession(this.#place, scope);
      const { guard } = session;
      const site = { targetId: this.id, session, gate, guard };
      const { perform, recipes } = recipesInAttempt(site, this.#ledger.open(scope));
      return work(clientsOf({ ...this.#place, session, read: gate.perform, perform }, recipes));
    });
  }

  preview(
    scope: AttemptScope,
    note: NotePreviewed,
    work: (clients: Clients) => Promise<void>,
  ): Promise<void> {
    return withGate(scope, this.id, async (gate) => {
      const session = fileSession(this.#place, scope);
      const { perform, recipes } = recipesInPreview({ targetId: this.id, session, gate }, note);
      return work(clientsOf({ ...this.#place, session, read: gate.perform, perform }, recipes));
    });
  }

  get #place(): { readonly root: string; readonly undoFolder: string } {
    const { root, undoFolder } = this;
    return { root, undoFolder };
  }
}

function clientsOf(access: FileSystemAccess, recipes: Recipes): Clients {
  return [
    { token: FileSystemClient, instance: new FileSystemClient(access) },
    { token: Recipes, instance: recipes },
  ];
}

function noName(id: string, undoFolder: string): TargetSystemError {
  return new TargetSystemError(
    `The undoFolder '${undoFolder}' of target system '${id}' is no name of a folder.`,
    {
      fix: ["give it the name of one folder in the root, such as '.undo'"],
    },
  );
}
