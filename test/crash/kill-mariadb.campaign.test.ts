import { describe } from '@jest/globals';
import { rowsOn } from './harness/rows.js';
import { implicitCommitSuite } from './suites/implicit-commit.suite.js';
import { lockSuite } from './suites/lock.suite.js';
import { markerSuite } from './suites/marker.suite.js';
import { plainSuite } from './suites/plain.suite.js';
import { sharedSuite } from './suites/shared.suite.js';

describe('killed: MariaDB, audit and target in one database', () => {
  const row = rowsOn('mariadb', 'audit-database');
  lockSuite(row);
  sharedSuite(row);
  implicitCommitSuite(row);
});

describe('killed: MariaDB, target in a folder', () => {
  plainSuite(rowsOn('mariadb', 'folder'));
});

describe('killed: MariaDB, target in another database', () => {
  const row = rowsOn('mariadb', 'mariadb');
  lockSuite(row);
  markerSuite(row);
  implicitCommitSuite(row);
});
