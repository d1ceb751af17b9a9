import { describe } from '@jest/globals';
import { rowsOn } from './harness/rows.js';
import { lockSuite } from './suites/lock.suite.js';
import { sharedSuite } from './suites/shared.suite.js';

describe('killed: SQLite, audit and target in one file', () => {
  const row = rowsOn('sqlite', 'audit-database');
  lockSuite(row);
  sharedSuite(row);
});
