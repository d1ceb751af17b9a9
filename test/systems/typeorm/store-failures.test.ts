import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { TypeOrmAuditStore } from 'nestjs-flamingock/typeorm';
import { DataSource, type QueryRunner } from 'typeorm';
import { appendToChain, EMPTY_CHAIN } from '../../../lib/core/kit/hash-chain.js';
import { AppendRefusedError, AuditStoreError, StaleFenceError } from '../../../lib/core/model/errors.js';
import { acquire, append, draft, historyOf } from './support/entries.js';
import { createStoreStorage, type OpenStorage } from './support/store-storage.js';

let storage: OpenStorage;
afterEach(() => storage.drop());

async function opened(kind: 'postgres' | 'mariadb' | 'sqlite') {
  storage = await createStoreStorage(kind);
  const dataSource = await storage.dataSource();
  const store = new TypeOrmAuditStore(dataSource);
  await store.open();
  return { dataSource, store, fence: await acquire(store) };
}

/** Another session that has the lock row. */
async function blocker(): Promise<{ readonly runner: QueryRunner; readonly end: () => Promise<void> }> {
  const runner = (await storage.dataSource()).createQueryRunner();
  await runner.query('START TRANSACTION');
  await runner.query("UPDATE flamingock_lock SET host = 'blocked'");
  const end = async () => {
    await runner.query('ROLLBACK');
    await runner.release();
  };
  return { runner, end };
}

describe.each(['postgres', 'mariadb'] as const)('a TypeORM audit store on %s', (kind) => {
  it('does not take a lost connection for an answer, and goes on with another one', async () => {
    const { store, fence } = await opened(kind);
    const { runner, end } = await blocker();
    const appended = append(store, fence, [draft()]).catch((error: unknown) => error);
    await cutWaiting(runner, kind);
    const error = await appended;
    await end();
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(AppendRefusedError);
    expect(error).not.toBeInstanceOf(StaleFenceError);
    const entries = await append(store, fence, [draft()]);
    expect(await historyOf(store)).toEqual(entries);
  });

  it('does not take a statement that was cancelled for an answer', async () => {
    const { store, fence } = await opened(kind);
    const { runner, end } = await blocker();
    const appended = append(store, fence, [draft()]).catch((error: unknown) => error);
    await cutWaiting(runner, kind, 'query');
    const error = await appended;
    await end();
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(AppendRefusedError);
    await append(store, fence, [draft()]);
  });

  it('gives up a connection that does not answer: a pool that is closed meanwhile does end', async () => {
    const { dataSource, fence } = await opened(kind);
    const { runner, end } = await blocker();
    const closing = await new DataSource(dataSource.options).initialize();
    const released = new TypeOrmAuditStore(closing).release({ ...fence, leaseMs: 1_000 }).catch(String);
    await waitingIn(runner, kind);
    const closed = closing.destroy().catch(() => 'with an error');
    expect(await released).toContain('Error');
    await closed;
    await end();
  });
});

describe.each(['postgres', 'mariadb', 'sqlite'] as const)('a TypeORM audit store on %s', (kind) => {
  it('says that the database refused, in its words and without secrets', async () => {
    const { dataSource, store, fence } = await opened(kind);
    await dataSource.query('ALTER TABLE flamingock_audit ADD COLUMN extra INTEGER NULL');
    await dataSource.query('ALTER TABLE flamingock_audit DROP COLUMN reason');
    const error = await append(store, fence, [draft()]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AuditStoreError);
    const refusal = await store
      .append(appendToChain(EMPTY_CHAIN, [draft()]), fence)
      .catch((thrown: unknown) => thrown);
    expect(refusal).toBeInstanceOf(AppendRefusedError);
    expect((refusal as AppendRefusedError).message).toMatch(/refused entry 1: .*reason/);
    // A native driver's error is no instance of the Error of jest's own realm.
    expect((refusal as AppendRefusedError).cause).toMatchObject({
      message: expect.stringContaining('reason'),
    });
    expect(store.name).toBe(`typeorm:${kind === 'sqlite' ? 'better-sqlite3' : kind}`);
  });

  it('refuses what it could not keep as it is', async () => {
    const { store, fence } = await opened(kind);
    const tooLong = appendToChain(EMPTY_CHAIN, [draft({ changeId: 'x'.repeat(256) })]);
    await expect(store.append(tooLong, fence)).rejects.toThrow(
      /changeId .* has 256 characters; the audit takes 255/,
    );
    const tooMany = appendToChain(
      EMPTY_CHAIN,
      Array.from({ length: 501 }, () => draft()),
    );
    await expect(store.append(tooMany, fence)).rejects.toThrow(AppendRefusedError);
    await expect(store.append(tooMany.slice(0, 1), fence, { not: 'a runner' })).rejects.toThrow(
      /a session that is not its own/,
    );
    await store.append([], fence);
    await store.append(tooMany.slice(0, 500), fence);
    expect((await store.snapshot()).head).toEqual({ seq: 500, hash: tooMany[499]?.hash });
  });

  it('keeps what databases change or refuse: NUL, half a character, a blank at the end', async () => {
    const { store, fence } = await opened(kind);
    const texts = ['a\u0000b', '\ud83e', 'blank ', 'line\n', 'json:{}', 'json:"x"', '', '\\', 'ß ẞ ss', '🦩'];
    const entries = await append(
      store,
      fence,
      texts.map((text, index) =>
        draft({ changeId: text || 'empty', error: text, reason: text, durationMs: index / 7 }),
      ),
    );
    expect(await historyOf(store)).toEqual(entries);
    expect((await store.snapshot()).latest).toHaveLength(texts.length);
  });

  it('shows by its hash what was altered by hand', async () => {
    const { dataSource, store, fence } = await opened(kind);
    await append(store, fence, [draft({ metadata: { a: 1 } })]);
    await dataSource.query("UPDATE flamingock_audit SET metadata = 'no JSON', reason = 'json:no JSON'");
    const [entry] = await historyOf(store);
    expect(entry).toMatchObject({ metadata: { altered: 'no JSON' }, reason: 'json:no JSON' });
  });
});

it('waits for another process that has SQLite locked without stopping this one, and says that it had no answer', async () => {
  storage = await createStoreStorage('sqlite');
  const store = new TypeOrmAuditStore(await storage.dataSource({ timeout: 500 }));
  await store.open();
  const fence = await acquire(store);
  const other: DataSource = await storage.dataSource();
  await other.query('BEGIN IMMEDIATE');
  let turns = 0;
  let turning = setImmediate(function turn() {
    turns += 1;
    turning = setImmediate(turn);
  });
  const entries = appendToChain(EMPTY_CHAIN, [draft()]);
  const error = await store.append(entries, fence).catch((thrown: unknown) => thrown);
  clearImmediate(turning);
  expect(error).not.toBeInstanceOf(AppendRefusedError);
  expect(String(error)).toMatch(/locked/);
  expect(turns).toBeGreaterThan(10);
  const waiting = store.append(entries, fence);
  await sleep(100);
  await other.query('COMMIT');
  await waiting;
  expect(await historyOf(store)).toEqual(entries);
});

/** Cuts the session, or only its statement, that waits for a lock in the database of `runner`. */
async function cutWaiting(
  runner: QueryRunner,
  kind: 'postgres' | 'mariadb',
  what = 'session',
): Promise<void> {
  const id = await waitingIn(runner, kind);
  if (kind === 'mariadb') await runner.query(`KILL ${what === 'session' ? 'CONNECTION' : 'QUERY'} ${id}`);
  else
    await runner.query(`SELECT ${what === 'session' ? 'pg_terminate_backend' : 'pg_cancel_backend'}($1)`, [
      id,
    ]);
}

/** The session that waits for a lock in the database of `runner`, as soon as there is one. */
async function waitingIn(runner: QueryRunner, kind: 'postgres' | 'mariadb'): Promise<number> {
  const find =
    kind === 'postgres'
      ? "SELECT pid AS id FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
      : "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE 'UPDATE%' AND id <> CONNECTION_ID()";
  for (let tries = 0; tries < 200; tries++) {
    const [waiting] = await runner.query(find);
    if (waiting) return Number(waiting.id);
    await sleep(10);
  }
  throw new Error('nothing waits');
}
