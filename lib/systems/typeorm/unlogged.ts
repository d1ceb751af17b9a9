import type { DataSource, Logger, QueryRunner } from 'typeorm';

const nothing = (): void => undefined;

/** The same runner, but unlogged, as `unloggedDriver` says; the given one, which on SQLite everybody shares, stays as it is. */
export function unlogged(dataSource: DataSource, runner: QueryRunner): QueryRunner {
  return Object.create(runner, { driver: { value: unloggedDriver(dataSource) } }) as QueryRunner;
}

/**
 * The same driver, for runners whose statements are our own. TypeORM's runners find their logger by their driver; here it is silent:
 * the app's `logging: true` prints neither what they send nor its errors, which we tell of ourselves, and the watch for statements
 * beside a change's transaction, which listens there, does not take them for the change's.
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
