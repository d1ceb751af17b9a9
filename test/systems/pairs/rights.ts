import assert from 'node:assert/strict';
import type { FlamingockError } from 'nestjs-flamingock';
import type { RestrictedLocation } from './private-server.js';
import type { SqlLocation } from './sql-location.js';

/** What the app's user needs on our tables, and no more. */
const RIGHTS: Readonly<Record<string, string>> = {
  flamingock_audit: 'SELECT, INSERT',
  flamingock_lock: 'SELECT, INSERT, UPDATE',
  flamingock_marker: 'SELECT, INSERT, UPDATE, DELETE',
  flamingock_fence: 'SELECT, INSERT, UPDATE',
};

/** Does what an error asks a database administrator for: its very statements, and rights. @returns the tables created */
export async function asAdministrator(
  { message }: FlamingockError,
  database: SqlLocation,
  user: RestrictedLocation,
): Promise<string[]> {
  const statements = message.match(/CREATE TABLE[^;]*;/g) ?? [];
  assert.ok(statements.length, `there is no statement for a DBA in: ${message}`);
  for (const statement of statements) await database.query(statement.slice(0, -1));
  const tables = statements.map((statement) => /flamingock_\w+/.exec(statement)?.[0] ?? '');
  for (const table of tables) await user.grant(RIGHTS[table] ?? '', table);
  return tables;
}
