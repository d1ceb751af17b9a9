import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { AUDIT_COLUMNS } from '../../../lib/systems/typeorm/audit-table.js';
import { snapshotStatement, summaryStatement } from '../../../lib/systems/typeorm/snapshot.js';
import { textOf } from '../../../lib/systems/typeorm/sql.js';
import { storeTables } from '../../../lib/systems/typeorm/store-tables.js';
import { TypeOrmAuditStore } from 'nestjs-flamingock/typeorm';
import { acquire, append, draft } from './support/entries.js';
import { createStoreStorage, type OpenStorage } from './support/store-storage.js';

const CHANGES = 64;
const DOUBLINGS = 11;
const ENTRIES = CHANGES * 2 ** DOUBLINGS;
const NAMES = { auditTable: 'flamingock_audit', lockTable: 'flamingock_lock' };

/** How the plan is asked for, whether it jumps through the index, and what it would say if it read everything. */
const PLANS = {
  postgres: {
    ask: 'EXPLAIN ',
    refresh: 'ANALYZE flamingock_audit',
    uses: /Index Scan Backward/,
    never: /Seq Scan on flamingock_audit|Hash/,
  },
  mariadb: {
    ask: 'EXPLAIN ',
    refresh: 'ANALYZE TABLE flamingock_audit',
    uses: /Using index for group-by/,
    never: /flamingock_audit \| ALL/,
  },
  sqlite: {
    ask: 'EXPLAIN QUERY PLAN ',
    refresh: 'ANALYZE',
    uses: /change_id=\?/,
    never: /SCAN (entry|a|flamingock_audit)/,
  },
} as const;

describe.each(['postgres', 'mariadb', 'sqlite'] as const)(`a history of ${ENTRIES} entries on %s`, (kind) => {
  let storage: OpenStorage;
  let dataSource: DataSource;
  let store: TypeOrmAuditStore;

  beforeAll(async () => {
    storage = await createStoreStorage(kind);
    dataSource = await storage.dataSource();
    store = new TypeOrmAuditStore(dataSource);
    await store.open();
    await append(
      store,
      await acquire(store),
      Array.from({ length: CHANGES }, (_, index) => draft({ changeId: `change-${index}` })),
    );
    for (let round = 0; round < DOUBLINGS; round++) await double(dataSource);
    await dataSource.query(PLANS[kind].refresh);
  }, 60_000);
  afterAll(() => storage.drop());

  it.each([
    ['a snapshot', snapshotStatement, PLANS[kind].uses],
    ['a summary', summaryStatement, /./],
  ] as const)('is not read for %s', async (_what, statementFor, uses) => {
    const tables = storeTables(dataSource, 'default', NAMES);
    const statement = statementFor(tables);
    const rows: object[] = await dataSource.query(`${PLANS[kind].ask}${textOf(statement, tables.dialect)}`, [
      ...statement.values,
    ]);
    const plan = rows.map((row) => Object.values(row).join(' | ')).join('\n');
    expect(plan).toMatch(uses);
    expect(plan).not.toMatch(PLANS[kind].never);
  });

  it('gives the latest entry of each change', async () => {
    const { latest, head, last } = await store.snapshot();
    expect(latest.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(
      Array.from({ length: CHANGES }, (_, index) => ENTRIES - CHANGES + 1 + index),
    );
    expect(new Set(latest.map(({ changeId }) => changeId)).size).toBe(CHANGES);
    // The rows were doubled around the store: its record knows of the first ones only.
    expect([head.seq, last.seq]).toEqual([CHANGES, ENTRIES]);
  });

  it('is streamed', async () => {
    let seen = 0;
    for await (const { seq } of store.history()) {
      seen += 1;
      if (seq !== seen) throw new Error(`entry ${seq} came as number ${seen}`);
      if (seen === 10_000) break;
    }
    for await (const { seq } of store.history({ direction: 'newest-first', changeId: 'change-63', limit: 1 }))
      expect(seq).toBe(ENTRIES);
    expect(seen).toBe(10_000);
  });
});

/** Copies all entries behind themselves; only here is the chain of no interest. */
async function double(dataSource: DataSource): Promise<void> {
  const { dialect } = storeTables(dataSource, 'default', NAMES);
  const names = AUDIT_COLUMNS.map(({ name }) => dialect.quote(name));
  const values = names.map((name, index) =>
    index === 0 ? `${name} + (SELECT MAX(seq) FROM flamingock_audit)` : name,
  );
  await dataSource.query(
    `INSERT INTO flamingock_audit (namespace, ${names.join(', ')}) SELECT namespace, ${values.join(', ')} FROM flamingock_audit`,
  );
}
