import { AsyncLocalStorage } from 'node:async_hooks';
import type { DataSource, QueryRunner } from 'typeorm';

/** What becomes of the runners that a DataSource hands out to the code of a change, beside the one of its attempt. */
export interface Bystanders {
  readonly dataSource: DataSource;
  /** @param open - makes the runner that TypeORM would hand out */
  admit(open: () => QueryRunner): QueryRunner;
}

interface Hook {
  readonly remove: () => void;
  users: number;
}

const current = new AsyncLocalStorage<Bystanders>();
const hooks = new WeakMap<DataSource, Hook>();

/** True within the code of an attempt on this DataSource, however deep in its calls. */
export function isWithin(dataSource: DataSource): boolean {
  return current.getStore()?.dataSource === dataSource;
}

/**
 * Runs `work` so that every runner that its code asks the DataSource for is admitted by `bystanders`.
 *
 * A repository or service that the change got by injection works on the pool, not in the change's transaction; TypeORM
 * asks `dataSource.createQueryRunner` for a connection each time, and the asynchronous context tells who is asking.
 * Not seen: a runner that was opened before the change began and is used within it, and code whose context was lost (a queue that
 * another context works off).
 */
export async function withBystanders<T>(bystanders: Bystanders, work: () => Promise<T>): Promise<T> {
  const { dataSource } = bystanders;
  const hook = hooks.get(dataSource) ?? { remove: install(dataSource), users: 0 };
  hooks.set(dataSource, hook);
  hook.users += 1;
  try {
    return await current.run(bystanders, work);
  } finally {
    hook.users -= 1;
    if (hook.users === 0) {
      hooks.delete(dataSource);
      hook.remove();
    }
  }
}

/** @returns what puts everything back */
function install(dataSource: DataSource): () => void {
  const before = Object.getOwnPropertyDescriptor(dataSource, 'createQueryRunner');
  const original = dataSource.createQueryRunner.bind(dataSource);
  const hooked: DataSource['createQueryRunner'] = (mode) => {
    const bystanders = current.getStore();
    return bystanders?.dataSource === dataSource ? bystanders.admit(() => original(mode)) : original(mode);
  };
  dataSource.createQueryRunner = hooked;
  return () => {
    // Somebody who has wrapped it meanwhile keeps calling ours, which then lets everything pass.
    if (dataSource.createQueryRunner !== hooked) return;
    if (before) Object.defineProperty(dataSource, 'createQueryRunner', before);
    else Reflect.deleteProperty(dataSource, 'createQueryRunner');
  };
}
