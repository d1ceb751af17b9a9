import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, QueryRunner } from 'typeorm';
import { sessionOf } from './cancel.js';
import type { Dialect } from './dialect.js';
import { withRunner } from './runner.js';

/** A session that blocks another one, as the database describes it. */
export interface BlockingSession {
  readonly id: number;
  /** User, host, program, since when, statement; for messages. */
  readonly description: string;
  /** The statement that ends it. */
  readonly end: string;
}

type Row = Readonly<Record<string, unknown>>;

const POSTGRES = `SELECT a.pid AS id, a.usename AS "user", a.application_name AS program, a.client_addr AS host, a.state,
  a.xact_start AS since, a.query AS statement FROM pg_stat_activity a WHERE a.pid = ANY(pg_blocking_pids($1))`;

const MARIADB = `SELECT p.id, p.user, p.host, p.db, p.command AS state, t.trx_started AS since, p.info AS statement
  FROM information_schema.innodb_lock_waits w
  JOIN information_schema.innodb_trx r ON r.trx_id = w.requesting_trx_id
  JOIN information_schema.innodb_trx t ON t.trx_id = w.blocking_trx_id
  JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id
  WHERE r.trx_mysql_thread_id = ?`;

const MYSQL = `SELECT p.id, p.user, p.host, p.db, p.command AS state, w.wait_started AS since, p.info AS statement
  FROM sys.innodb_lock_waits w JOIN information_schema.processlist p ON p.id = w.blocking_pid WHERE w.waiting_pid = ?`;

/**
 * Finds out which session has the lock that `waiting` waits for. Uses another connection.
 *
 * @returns undefined when the database does not say so within 2 s
 */
export async function blockingSession(
  dataSource: DataSource,
  dialect: Dialect,
  waiting: QueryRunner,
): Promise<BlockingSession | undefined> {
  const find = async (): Promise<BlockingSession | undefined> => {
    const session = sessionOf(waiting);
    return withRunner(dataSource, dialect, async (other) => {
      const rows = (await other.query(statementFor(dataSource, dialect), [session])) as Row[];
      return rows[0] && describe(rows[0], dialect);
    });
  };
  return Promise.race([find().catch(() => undefined), sleep(2_000, undefined, { ref: false })]);
}

function statementFor({ options }: DataSource, { name }: Dialect): string {
  if (name === 'postgres') return POSTGRES;
  return options.type === 'mariadb' ? MARIADB : MYSQL;
}

function describe({ id, ...facts }: Row, { name }: Dialect): BlockingSession {
  const known = Object.entries(facts).filter(([, value]) => value !== null && value !== '');
  const session = Number(id);
  return {
    id: session,
    description: `session ${session} (${known.map(([key, value]) => `${key}: ${textOf(value)}`).join(', ')})`,
    end: name === 'postgres' ? `SELECT pg_terminate_backend(${session})` : `KILL ${session}`,
  };
}

function textOf(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}
