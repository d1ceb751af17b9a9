import { describe } from '@jest/globals';
import { rowsOn } from './harness/rows.js';
import { implicitCommitSuite } from './suites/implicit-commit.suite.js';
import { markerSuite } from './suites/marker.suite.js';

describe('killed: audit in PostgreSQL, target in MariaDB', () => {
  const row = rowsOn('postgres', 'mariadb');
  markerSuite(row);
  implicitCommitSuite(row);
});
