import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, QueryRunner } from 'typeorm';
import { TargetSystemError } from '../../core/errors.js';
import { isWithin } from './outside-transaction.js';

/** How long a statement of the app waits for a change's transaction. */
const WAIT_MS = 15_000;

type Query = (...args: unknown[]) => Promise<unknown>;

/**
 * Keeps what the rest of the app sends on SQLite's only connection out of a change's transaction, where it would be rolled back with it:
 * it waits until `work` is done.
 *
 * TypeORM sends everything through one runner, so there is one place to stand at. What the change itself sends there goes to `inside`.
 */
export async function withShieldedConnection<T>(
  dataSource: DataSource,
  changeId: string,
  inside: QueryRunner,
  work: () => Promise<T>,
): Promise<T> {
  const shared = dataSource.driver.createQueryRunner('master');
  const original = shared.query.bind(shared) as Query;
  const ended = new AbortController();
  const query: Query = async (...args) => {
    if (isWithin(dataSource) && !ended.signal.aborted) return (inside.query.bind(inside) as Query)(...args);
    await sleep(WAIT_MS, undefined, { signal: ended.signal }).then(
      () => Promise.reject(stillOpen(changeId)),
      () => undefined,
    );
    return original(...args);
  };
  Object.assign(shared, { query });
  try {
    // What had passed before reaches the connection first.
    await nextTurn();
    return await work();
  } finally {
    Reflect.deleteProperty(shared, 'query');
    ended.abort();
  }
}

function stillOpen(changeId: string): TargetSystemError {
  return new TargetSystemError(
    `A statement of the app has waited ${WAIT_MS / 1000} s for SQLite's only connection, on which change '${changeId}' has a transaction open.`,
    { fix: ['let the app wait until the changes are done (whenReady)', 'or make the change shorter'] },
  );
}
