import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, QueryRunner } from 'typeorm';
import { TargetSystemError } from '../../core/model/errors.js';
import { isWithin } from './outside-transaction.js';

/** How long a statement of the app waits for the end of a change's transaction, in milliseconds. */
const WAIT_MS = 15_000;

type Method = (...args: unknown[]) => Promise<unknown>;

const SENDING = ['query', 'startTransaction', 'commitTransaction', 'rollbackTransaction'] as const;

/** The change that has the transaction, and the runner for its own statements. */
export interface Inside {
  readonly dataSource: DataSource;
  readonly changeId: string;
  readonly runner: QueryRunner;
}

/**
 * Runs `work`, and lets statements that the rest of the app sends on SQLite's only connection wait for its end. Otherwise they would become
 * part of the change's transaction, and be rolled back with it.
 *
 * TypeORM sends everything through one runner, which is hooked here. What the change itself sends there goes to the change's own runner.
 */
export async function withShieldedConnection<T>(inside: Inside, work: () => Promise<T>): Promise<T> {
  const shared = inside.dataSource.driver.createQueryRunner('master');
  const ended = new AbortController();
  for (const name of SENDING) Object.assign(shared, { [name]: shielded(shared, name, inside, ended.signal) });
  try {
    // Lets statements that passed before the hook reach the connection first.
    await nextTurn();
    return await work();
  } finally {
    for (const name of SENDING) Reflect.deleteProperty(shared, name);
    ended.abort();
  }
}

function shielded(
  shared: QueryRunner,
  name: (typeof SENDING)[number],
  { dataSource, runner, changeId }: Inside,
  ended: AbortSignal,
): Method {
  const ofChange = runner[name].bind(runner) as Method;
  const ofApp = shared[name].bind(shared) as Method;
  let turn: Promise<unknown> = Promise.resolve();
  return async (...args) => {
    if (isWithin(dataSource) && !ended.aborted) return ofChange(...args);
    await untilEnded(ended, changeId);
    // One after another: TypeORM decides when a transaction starts whether it is nested, and several may have waited.
    const mine = turn.then(() => ofApp(...args));
    turn = mine.catch(() => undefined);
    return mine;
  };
}

async function untilEnded(ended: AbortSignal, changeId: string): Promise<void> {
  try {
    await sleep(WAIT_MS, undefined, { signal: ended });
  } catch {
    return;
  }
  throw new TargetSystemError(
    `A statement of the app has waited ${WAIT_MS / 1000} s for SQLite's only connection, on which change '${changeId}' has a transaction open.`,
    { fix: ['let the app wait until the changes are done (whenReady)', 'or make the change shorter'] },
  );
}
