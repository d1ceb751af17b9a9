import { describe } from '@jest/globals';
import { rowsOn } from './harness/rows.js';
import { lockSuite } from './suites/lock.suite.js';
import { markerSuite } from './suites/marker.suite.js';
import { plainSuite } from './suites/plain.suite.js';
import { sharedSuite } from './suites/shared.suite.js';

// A successor judges the lease by watching it: it waits a whole lease from when it first looked.

describe('killed: DynamoDB, audit and target by one client', () => {
  const row = rowsOn('dynamodb', 'audit-database');
  lockSuite(row);
  sharedSuite(row);
});

describe('killed: audit in DynamoDB, target in MongoDB', () => {
  markerSuite(rowsOn('dynamodb', 'mongodb'));
});

describe('killed: audit in DynamoDB, target in a folder', () => {
  const row = rowsOn('dynamodb', 'folder');
  lockSuite(row);
  plainSuite(row);
});
