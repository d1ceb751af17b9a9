import { describe } from '@jest/globals';
import { rowsOn } from './harness/rows.js';
import { lockSuite } from './suites/lock.suite.js';
import { markerSuite } from './suites/marker.suite.js';
import { plainRows } from './suites/plain.suite.js';
import { sharedSuite } from './suites/shared.suite.js';

describe('killed: PostgreSQL, audit and target in one database', () => {
  const row = rowsOn('postgres', 'audit-database');
  lockSuite(row);
  sharedSuite(row);
});

describe('killed: PostgreSQL, target in another database', () => {
  markerSuite(rowsOn('postgres', 'postgres'));
});

describe('killed: PostgreSQL, target in a folder', () => {
  plainRows(rowsOn('postgres', 'folder'), {}, 'one');
});
