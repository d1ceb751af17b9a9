import { describe, expect, it } from '@jest/globals';
import { Long } from 'mongodb';
import { flamingockJava } from '../../lib/systems/mongoose/import/flamingock-java.js';
import { mongoLocation } from './mongo-location.js';
import { statesOf } from './sql-location.js';

const location = mongoLocation();

/** Documents that Flamingock for Java has written. */
describe('Flamingock Java', () => {
  const document = (changeId: string, state: string, createdAt: string, differences: object = {}) => ({
    executionId: '272d4fea-ab7f-4964-9cac-9dcda7200a91',
    stageId: 'changes',
    changeId,
    author: 'backend-team',
    createdAt: new Date(createdAt),
    state,
    type: 'STANDARD_CODE',
    invokedClass: 'demo.changes._0001__AddUserStatus',
    invokedMethod: 'apply',
    sourceFile: null,
    metadata: { owner: 'platform-team', build: 42 },
    executionMillis: Long.fromNumber(74),
    executionHostname: 'vm',
    errorTrace: '',
    systemChange: false,
    txStrategy: 'TX_SEPARATE_NO_MARKER',
    targetSystemId: 'user-database',
    changeOrder: '0001',
    recoveryStrategy: 'MANUAL_INTERVENTION',
    transactionFlag: true,
    ...differences,
  });

  it('tells what became of its changes', async () => {
    await location.db
      .collection('flamingockAuditLog')
      .insertMany([
        document('fail-tx', 'FAILED', '2026-11-24T10:02:58.000Z'),
        document('add-user-status', 'APPLIED', '2026-11-24T10:02:34.624Z'),
        document('add-user-status', 'STARTED', '2026-11-24T10:02:34.500Z'),
        document('fail-tx', 'ROLLED_BACK', '2026-11-24T10:02:59.589Z', { invokedMethod: 'native_db_engine' }),
        document('crash-change', 'STARTED', '2026-11-24T10:03:01.704Z'),
        document('flamingock-system', 'APPLIED', '2026-11-24T10:03:01.704Z', { systemChange: true }),
      ]);
    const source = flamingockJava(location.db);
    expect(await statesOf(source)).toEqual([
      'add-user-status applied',
      'fail-tx rolled-back',
      'crash-change failed',
    ]);
    expect((await source.read())[0]).toMatchObject({
      at: '2026-11-24T10:02:34.624Z',
      author: 'backend-team',
      durationMs: 74,
      facts: {
        stageId: 'changes',
        targetSystemId: 'user-database',
        metadata: { owner: 'platform-team', build: 42 },
      },
    });
  });

  it('keeps its log elsewhere', async () => {
    await location.db.collection('audit').insertOne(document('a', 'APPLIED', '2026-11-24T10:02:58.000Z'));
    expect(await statesOf(flamingockJava(location.db, { collection: 'audit' }))).toEqual(['a applied']);
  });
});
