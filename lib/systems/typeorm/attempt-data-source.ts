import type { DataSource, QueryRunner, ReplicationMode } from 'typeorm';
import { TargetSystemError } from '../../core/errors.js';
import type { Bystanders } from './outside-transaction.js';

/**
 * The DataSource as one attempt sees it: the same in everything, but for the runners that it hands out, which are admitted by `bystanders`.
 * So it dies with its attempt, and the app's own DataSource lives on.
 */
export function attemptDataSource(dataSource: DataSource, bystanders: Bystanders): DataSource {
  const facade = Object.create(dataSource) as DataSource;
  const createQueryRunner = (mode: ReplicationMode = 'master'): QueryRunner =>
    bystanders.admit(() => {
      const runner = dataSource.driver.createQueryRunner(mode);
      return Object.assign(runner, { manager: facade.createEntityManager(runner) });
    });
  const destroy = (): Promise<never> => Promise.reject(notYours());
  return Object.assign(facade, { createQueryRunner, manager: facade.createEntityManager(), destroy });
}

function notYours(): TargetSystemError {
  return new TargetSystemError('A change called destroy() on its DataSource, which is the app’s.', {
    fix: ['remove the call; the app closes its DataSource when it ends'],
  });
}
