import type { DataSource, Logger, QueryRunner } from 'typeorm';

const nothing = (): void => undefined;

/** A copy of `runner` with `unloggedDriver`. The given one is not changed: on SQLite everybody shares it. */
export function unlogged(dataSource: DataSource, runner: QueryRunner): QueryRunner {
  return Object.create(runner, { driver: { value: unloggedDriver(dataSource) } }) as QueryRunner;
}

/**
 * The DataSource's driver with a silent logger, for runners that send this library's own statements: TypeORM's runners get their logger
 * from their driver. So the app's `logging: true` prints neither these statements nor their errors, and the hook on the logger that
 * finds statements outside a change's transaction does not see them.
 */
export function unloggedDriver(dataSource: DataSource): DataSource['driver'] {
  const { driver, logger } = dataSource;
  const silent: Pick<Logger, 'logQuery' | 'logQueryError' | 'logQuerySlow'> = {
    logQuery: nothing,
    logQueryError: nothing,
    logQuerySlow: nothing,
  };
  const value: unknown = Object.create(dataSource, {
    logger: { value: Object.assign(Object.create(logger) as Logger, silent) },
  });
  // TypeORM 0.3 calls it `connection`.
  return Object.create(driver, { dataSource: { value }, connection: { value } }) as DataSource['driver'];
}
