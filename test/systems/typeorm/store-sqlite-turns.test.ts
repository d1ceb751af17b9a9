import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TypeOrmAuditStore } from 'nestjs-flamingock/typeorm';
import type { DataSource } from 'typeorm';
import { verifyAudit } from '../../../lib/core/engine/on-request/verify-audit.js';
import { appendToChain, EMPTY_CHAIN } from '../../../lib/core/kit/hash-chain.js';
import type { AuditEntry } from '../../../lib/core/model/audit-entry.js';
import { AUDIT_COLUMNS, columnValue } from '../../../lib/systems/typeorm/audit-table.js';
import { draft } from './support/entries.js';
import { createStoreStorage, type OpenStorage } from './support/store-storage.js';

const ENTRIES = 10_000;
const ERROR = `Error: boom\n${'    at apply (change.ts:1:1)\n'.repeat(150)}`;

/** Twice what a page may take: the machine of a test does other things, too. */
const LONGEST_MS = 100;

describe(`a walk along ${ENTRIES} entries on SQLite, where every statement is done when it returns`, () => {
  let storage: OpenStorage;
  let store: TypeOrmAuditStore;

  beforeAll(async () => {
    storage = await createStoreStorage('sqlite');
    const dataSource = await storage.dataSource();
    store = new TypeOrmAuditStore(dataSource);
    await store.open();
    const entries = Array.from({ length: ENTRIES }, (_, index) =>
      draft({ changeId: `change-${index >> 1}`, error: index % 10 ? null : ERROR }),
    );
    insert(dataSource, appendToChain(EMPTY_CHAIN, entries));
  }, 60_000);
  afterAll(() => storage.drop());

  it('lets others have their turn', async () => {
    const longest = await longestGap(async () => {
      expect((await verifyAudit({ store })).entries).toBe(ENTRIES);
    });
    expect(longest).toBeLessThan(LONGEST_MS);
  });
});

/** The longest time in milliseconds for which a timer did not fire; waits for the processor do not count. */
async function longestGap(work: () => Promise<void>): Promise<number> {
  let longest = 0;
  let last = now();
  const look = (): void => {
    const current = now();
    longest = Math.max(longest, Math.min(current.wall - last.wall, current.busy - last.busy));
    last = current;
  };
  const timer = setInterval(look, 1);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  look();
  return longest;
}

function now(): { readonly wall: number; readonly busy: number } {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now(), busy: (user + system) / 1_000 };
}

function insert({ driver }: DataSource, entries: readonly AuditEntry[]): void {
  const names = AUDIT_COLUMNS.map(({ name }) => `"${name}"`);
  // better-sqlite3's own connection: no statement of ours appends that many at once.
  const connection = Reflect.get(driver, 'databaseConnection') as {
    prepare(text: string): { run(...values: unknown[]): unknown };
    exec(text: string): unknown;
  };
  const statement = connection.prepare(
    `INSERT INTO flamingock_audit (namespace, ${names.join(', ')}) VALUES ('default', ${names.map(() => '?').join(', ')})`,
  );
  connection.exec('BEGIN');
  for (const entry of entries) statement.run(...AUDIT_COLUMNS.map((column) => columnValue(entry, column)));
  connection.exec('COMMIT');
}
