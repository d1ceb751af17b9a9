import { AsyncLocalStorage } from 'node:async_hooks';
import type { DataSource, Logger, QueryRunner } from 'typeorm';

/** Decides about runners that the code of a change gets from the DataSource, beside its attempt's own. */
export interface OtherConnections {
  readonly dataSource: DataSource;
  /** Returns the runner for the code of the change. @param open - makes the runner that TypeORM would return */
  admit(open: () => QueryRunner): QueryRunner;
  /** Called before a statement is sent, also on a runner that was opened before the change. @throws when it must not be sent */
  intercept(statement: string, runner: QueryRunner): void;
}

interface Hook {
  readonly remove: () => void;
  users: number;
}

const current = new AsyncLocalStorage<OtherConnections>();
const hooks = new WeakMap<DataSource, Hook>();

/** True when the running code was called by an attempt on this DataSource. */
export function isWithin(dataSource: DataSource): boolean {
  return currentOn(dataSource) !== undefined;
}

/**
 * Runs `work` so that `otherConnections` admits every runner that its code gets from the DataSource.
 *
 * An injected repository or service works on the pool, not in the change's transaction. Each time, TypeORM calls
 * `dataSource.createQueryRunner`, which is hooked here; the asynchronous context says whether a change called. Statements on a runner that
 * was opened before the change are seen by a hook on the DataSource's logger, which TypeORM calls before every statement.
 * Not seen: code whose context was lost (a queue that another context works off), and a driver's connection that was taken out of a runner.
 */
export async function withOtherConnections<T>(
  otherConnections: OtherConnections,
  work: () => Promise<T>,
): Promise<T> {
  const { dataSource } = otherConnections;
  const hook = hooks.get(dataSource) ?? { remove: install(dataSource), users: 0 };
  hooks.set(dataSource, hook);
  hook.users += 1;
  try {
    return await current.run(otherConnections, work);
  } finally {
    hook.users -= 1;
    if (hook.users === 0) {
      hooks.delete(dataSource);
      hook.remove();
    }
  }
}

/** @returns a function that removes the hooks */
function install(dataSource: DataSource): () => void {
  const removers = [installFactory(dataSource), installLogger(dataSource)];
  return () => removers.forEach((remove) => remove());
}

function installFactory(dataSource: DataSource): () => void {
  const before = Object.getOwnPropertyDescriptor(dataSource, 'createQueryRunner');
  const original = dataSource.createQueryRunner.bind(dataSource);
  const hooked: DataSource['createQueryRunner'] = (mode) => {
    const otherConnections = currentOn(dataSource);
    return otherConnections ? otherConnections.admit(() => original(mode)) : original(mode);
  };
  dataSource.createQueryRunner = hooked;
  return () => {
    // Somebody has wrapped ours meanwhile and goes on calling it: without an attempt it lets everything pass.
    if (dataSource.createQueryRunner !== hooked) return;
    if (before) Object.defineProperty(dataSource, 'createQueryRunner', before);
    else Reflect.deleteProperty(dataSource, 'createQueryRunner');
  };
}

function installLogger(dataSource: DataSource): () => void {
  const original = dataSource.logger;
  const logQuery: Logger['logQuery'] = (statement, parameters, runner) => {
    if (runner) currentOn(dataSource)?.intercept(statement, runner);
    return original.logQuery(statement, parameters, runner);
  };
  const hooked = Object.assign(Object.create(original) as Logger, { logQuery });
  dataSource.logger = hooked;
  return () => {
    if (dataSource.logger === hooked) dataSource.logger = original;
  };
}

function currentOn(dataSource: DataSource): OtherConnections | undefined {
  const otherConnections = current.getStore();
  return otherConnections?.dataSource === dataSource ? otherConnections : undefined;
}
