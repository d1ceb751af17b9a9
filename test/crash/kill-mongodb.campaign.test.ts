import { describe } from '@jest/globals';
import { rowsOn } from './harness/rows.js';
import { leftOpenSuite } from './suites/left-open.suite.js';
import { lockSuite } from './suites/lock.suite.js';
import { markerSuite } from './suites/marker.suite.js';
import { plainSuite } from './suites/plain.suite.js';
import { sharedSuite } from './suites/shared.suite.js';

describe('killed: MongoDB, audit and target by one client', () => {
  const row = rowsOn('mongodb', 'audit-database');
  lockSuite(row);
  sharedSuite(row);
});

describe('killed: MongoDB as it is by default, audit and target by one client', () => {
  leftOpenSuite(rowsOn('patient-mongodb', 'audit-database'));
});

describe('killed: MongoDB as it is by default, audit and target in two databases', () => {
  leftOpenSuite(rowsOn('patient-mongodb', 'patient-mongodb'));
});

describe('killed: audit in MongoDB, target in PostgreSQL', () => {
  markerSuite(rowsOn('mongodb', 'postgres'));
});

describe('killed: audit in PostgreSQL, target in MongoDB', () => {
  markerSuite(rowsOn('postgres', 'mongodb'));
});

describe('killed: audit in MongoDB, target in a folder', () => {
  const row = rowsOn('mongodb', 'folder');
  lockSuite(row);
  plainSuite(row);
});
