import { AsyncLocalStorage } from 'node:async_hooks';
import type { DataSource, Logger, QueryRunner } from 'typeorm';

/** What becomes of the runners that a DataSource hands out to the code of a change, beside the one of its attempt. */
export interface Bystanders {
  readonly dataSource: DataSource;
  /** @param open - makes the runner that TypeORM would hand out */
  admit(open: () => QueryRunner): QueryRunner;
  /** Hears of a statement before it is sent, whoever opened its runner and when. @throws when it must not be sent */
  witness(statement: string, runner: QueryRunner): void;
}

interface Hook {
  readonly remove: () => void;
  users: number;
}

const current = new AsyncLocalStorage<Bystanders>();
const hooks = new WeakMap<DataSource, Hook>();

/** True within the code of an attempt on this DataSource, however deep in its calls. */
export function isWithin(dataSource: DataSource): boolean {
  return currentOn(dataSource) !== undefined;
}

/**
 * Runs `work` so that every runner that its code asks the DataSource for is admitted by `bystanders`.
 *
 * A repository or service that the change got by injection works on the pool, not in the change's transaction; TypeORM
 * asks `dataSource.createQueryRunner` for a connection each time, and the asynchronous context tells who is asking. A runner that
 * was opened before the change began is heard of through the DataSource's logger, which TypeORM calls before every statement.
 * Not seen: code whose context was lost (a queue that another context works off), and a driver's connection that was taken out of a runner.
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
  const removers = [installFactory(dataSource), installLogger(dataSource)];
  return () => removers.forEach((remove) => remove());
}

function installFactory(dataSource: DataSource): () => void {
  const before = Object.getOwnPropertyDescriptor(dataSource, 'createQueryRunner');
  const original = dataSource.createQueryRunner.bind(dataSource);
  const hooked: DataSource['createQueryRunner'] = (mode) => {
    const bystanders = currentOn(dataSource);
    return bystanders ? bystanders.admit(() => original(mode)) : original(mode);
  };
  dataSource.createQueryRunner = hooked;
  return () => {
    // Somebody who has wrapped it meanwhile keeps calling ours, which then lets everything pass.
    if (dataSource.createQueryRunner !== hooked) return;
    if (before) Object.defineProperty(dataSource, 'createQueryRunner', before);
    else Reflect.deleteProperty(dataSource, 'createQueryRunner');
  };
}

function installLogger(dataSource: DataSource): () => void {
  const original = dataSource.logger;
  const logQuery: Logger['logQuery'] = (statement, parameters, runner) => {
    if (runner) currentOn(dataSource)?.witness(statement, runner);
    return original.logQuery(statement, parameters, runner);
  };
  const hooked = Object.assign(Object.create(original) as Logger, { logQuery });
  dataSource.logger = hooked;
  return () => {
    if (dataSource.logger === hooked) dataSource.logger = original;
  };
}

function currentOn(dataSource: DataSource): Bystanders | undefined {
  const bystanders = current.getStore();
  return bystanders?.dataSource === dataSource ? bystanders : undefined;
}
