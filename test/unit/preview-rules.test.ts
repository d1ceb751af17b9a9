import { describe, expect, it } from '@jest/globals';
import { previewRule } from '../../lib/systems/typeorm/preview-rules.js';

const kindOf = (name: 'postgres' | 'mysql' | 'sqlite', text: string) => previewRule(text, { name }).kind;

describe('a preview on PostgreSQL', () => {
  it.each([
    'SELECT * FROM users WHERE name = $1 FOR UPDATE',
    "  select replace(a, 'into', 'x') from t",
    'SELECT version()',
    'WITH a AS (SELECT 1) SELECT * FROM a',
    'SAVEPOINT typeorm_1',
    'ROLLBACK TO SAVEPOINT typeorm_1',
    '-- only looks\nSHOW server_version',
  ])('lets pass, untold: %s', (text) => expect(kindOf('postgres', text)).toBe('read'));

  it.each([
    'UPDATE users SET a = 1',
    'CREATE TABLE a (b int)',
    'WITH gone AS (DELETE FROM a RETURNING *) SELECT * FROM gone',
    'SELECT * INTO copy FROM users',
    "SELECT create_hypertable('a', 'b')",
    'EXPLAIN ANALYZE UPDATE users SET a = 1',
    'DO $body$ BEGIN UPDATE a SET b = 1; COMMIT_LATER(); END; $body$',
    "INSERT INTO a VALUES ('; COMMIT')",
    'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END',
    'SET search_path = a',
  ])('tries and tells: %s', (text) => expect(kindOf('postgres', text)).toBe('try'));

  it.each([
    'CREATE UNIQUE INDEX CONCURRENTLY a ON b (c)',
    'vacuum users',
    'REINDEX TABLE CONCURRENTLY a',
    'REINDEX (VERBOSE) SCHEMA public',
    'reindex database shop',
    "SELECT setval('users_id_seq', 100)",
    "COPY a TO PROGRAM 'mail'",
    "SELECT * FROM dblink_exec('x', 'DELETE FROM a')",
    'ALTER SYSTEM SET work_mem = 1',
    'SELECT pg_terminate_backend(1)',
  ])('tells and withholds: %s', (text) => expect(kindOf('postgres', text)).toBe('withhold'));

  it.each([
    'COMMIT',
    'UPDATE a SET b = 1; COMMIT; DROP TABLE a',
    "UPDATE a SET b = 'it\\'; COMMIT; --'",
    "UPDATE a SET b = 'C:\\'; END; SELECT 'x'",
    'UPDATE a SET b = 1; /* done */ rollback',
  ])('refuses: %s', (text) => expect(kindOf('postgres', text)).toBe('refuse'));
});

describe('a preview on MySQL and MariaDB', () => {
  it.each([
    'SELECT * FROM `update` WHERE a = 1',
    'SELECT DATABASE() AS `db_name`',
    'SHOW CREATE TABLE a',
    'SAVEPOINT typeorm_1',
    '(SELECT 1) UNION (SELECT 2)',
  ])('sends: %s', (text) => expect(kindOf('mysql', text)).toBe('read'));

  it.each([
    'UPDATE users SET a = 1',
    'CREATE TABLE a (b int)',
    'SELECT 1; DROP TABLE a',
    'SELECT 1 /*! ; DROP TABLE a */',
    'SELECT 1 /*M! INTO OUTFILE x */ FROM a',
    "SELECT * FROM a INTO OUTFILE '/tmp/a'",
    "SELECT 'a\\'; DROP TABLE b; -- '",
    'SELECT 1--1; DROP TABLE a',
    'WITH a AS (SELECT 1) DELETE FROM b',
    "SELECT GET_LOCK('a', 1)",
    'SET GLOBAL read_only = 1',
    'CALL something()',
    'COMMIT',
  ])('withholds: %s', (text) => expect(kindOf('mysql', text)).toBe('withhold'));
});

describe('a preview on SQLite', () => {
  it.each(['PRAGMA table_info("a")', 'PRAGMA main.user_version', 'SELECT * FROM sqlite_master'])(
    'lets pass, untold: %s',
    (text) => expect(kindOf('sqlite', text)).toBe('read'),
  );

  it.each([
    'CREATE TABLE a (b)',
    'CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET c = 1; END;',
    'DELETE FROM a',
  ])('tries and tells: %s', (text) => expect(kindOf('sqlite', text)).toBe('try'));

  it.each(['VACUUM', "ATTACH 'x' AS y", 'PRAGMA foreign_keys = OFF', 'PRAGMA journal_mode(wal)'])(
    'tells and withholds: %s',
    (text) => expect(kindOf('sqlite', text)).toBe('withhold'),
  );

  it('refuses what ends the transaction', () => {
    expect(kindOf('sqlite', 'DELETE FROM a; COMMIT')).toBe('refuse');
  });
});
