import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuditStoreError, TargetSystemError } from 'nestjs-flamingock';
import { DynamoDbAuditStore, DynamoDbTargetSystem } from 'nestjs-flamingock/dynamodb';
import { chainIn } from '../../../lib/testing/target-system/attempt-scope.sample.js';
import { createDynamoLocation, type DynamoLocation, tablesOf } from './support/dynamo-location.js';
import { type Answer, answerRequests, misdirectRequests } from './support/faults.js';

const DENIED: Answer = {
  type: 'com.amazon.coral.service#AccessDeniedException',
  message: 'User: app is not authorized to perform this on resource: table',
};
const LIMITED: Answer = {
  type: 'com.amazonaws.dynamodb.v20120810#LimitExceededException',
  message: 'Subscriber limit exceeded: too many tables are being created',
};
const ONLY_LOOK = 'FLAMINGOCK_ON_BOOTSTRAP=check';

describe('an app that may, or can, do little on DynamoDB', () => {
  let location: DynamoLocation;
  let made = 0;
  beforeAll(() => {
    location = createDynamoLocation();
  });
  afterAll(() => location.drop());

  /** Tables that are not there, and what opening them with this client says. */
  async function openedAnew(own: DynamoDBDocumentClient): Promise<readonly Error[]> {
    const [auditTable, markerTable] = ['audit', 'marker'].map(
      (name) => `${location.prefix}${name}_${++made}`,
    );
    const target = new DynamoDbTargetSystem('catalog', own, { markerTable: markerTable! });
    return [
      await thrownBy(new DynamoDbAuditStore(own, { auditTable: auditTable! }).open(), AuditStoreError),
      await thrownBy(target.markers(chainIn('default')).open(), TargetSystemError),
    ];
  }

  async function thrownBy(
    work: Promise<unknown>,
    type: typeof AuditStoreError | typeof TargetSystemError,
  ): Promise<Error> {
    const error: unknown = await work.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(type);
    return error as Error;
  }

  it('is told what somebody who may has to run, when it may create no table', async () => {
    const own = location.client();
    answerRequests(own, ['CreateTable'], DENIED);
    for (const error of await openedAnew(own)) {
      expect(String(error)).toMatch(/does not exist and cannot be created: User: app is not authorized/);
      expect(String(error)).toMatch(/aws dynamodb create-table .*\n {2}- allow the app's role/s);
    }
  });

  it('is told to wait, and nothing about rights, when DynamoDB creates no more tables for now', async () => {
    const own = location.client();
    answerRequests(own, ['CreateTable'], LIMITED);
    for (const error of await openedAnew(own)) {
      expect(String(error)).toMatch(
        /cannot be created: Subscriber limit exceeded.*\nTo fix:\n {2}- start again later/s,
      );
      expect(String(error)).not.toMatch(/create-table|the app's role/);
    }
  });

  it('is told to make DynamoDB reachable when it is gone as a table is created', async () => {
    const own = location.client();
    misdirectRequests(own, ['CreateTable']);
    for (const error of await openedAnew(own)) {
      expect(String(error)).toMatch(/ECONNREFUSED.*\nTo fix:\n {2}- make DynamoDB reachable/s);
      expect(String(error)).not.toMatch(/create-table|the app's role/);
    }
  });

  it('is told what it needs, and not to create what is there, when it may only read', async () => {
    const [admin, own] = [location.client(), location.client()];
    const { auditTable, markerTable } = tablesOf(location);
    await new DynamoDbAuditStore(admin, { auditTable }).open();
    await new DynamoDbTargetSystem('catalog', admin, { markerTable }).markers(chainIn('default')).open();
    answerRequests(own, ['PutItem', 'UpdateItem'], DENIED);
    const store = new DynamoDbAuditStore(own, { auditTable });
    const target = new DynamoDbTargetSystem('catalog', own, { markerTable });
    await store.open();
    await target.markers(chainIn('default')).open();
    const lease = { holder: 'x', host: 'h', leaseMs: 1_000 };
    const errors = [
      await thrownBy(store.acquire(lease), AuditStoreError),
      await thrownBy(new DynamoDbAuditStore(own, { auditTable, namespace: 'new' }).open(), AuditStoreError),
      await thrownBy(target.markers(chainIn('default')).raiseFence(1), TargetSystemError),
      await thrownBy(target.markers(chainIn('new')).open(), TargetSystemError),
    ];
    for (const error of errors) {
      expect(String(error)).toMatch(/To fix:\n {2}- allow the app's role .*PutItem.*\n.*$/);
      expect(String(error)).toContain(ONLY_LOOK);
      expect(String(error)).not.toContain('create-table');
    }
  });

  it('is told both when it may not even read', async () => {
    const own = location.client();
    answerRequests(own, ['GetItem'], DENIED);
    for (const error of await openedAnew(own)) {
      expect(String(error)).toMatch(
        /To fix:\n {2}- allow the app's role .*\n {2}- if the table does not exist yet, .*create-table/s,
      );
      expect(String(error)).not.toContain(ONLY_LOOK);
    }
  });
});
