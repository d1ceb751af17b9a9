import { describe } from '@jest/globals';
import { rowsOn } from './harness/rows.js';
import { lockSuite } from './suites/lock.suite.js';
import { plainSuite } from './suites/plain.suite.js';

describe('killed: PostgreSQL, target in another database', () => {
  lockSuite(rowsOn('postgres', 'postgres'));
});

describe('killed: PostgreSQL, target in a folder', () => {
  const row = rowsOn('postgres', 'folder');
  lockSuite(row);
  plainSuite(row);
});
