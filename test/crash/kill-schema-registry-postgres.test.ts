import { describe } from '@jest/globals';
import { rowsOn } from './harness/rows.js';
import { plainRows } from './suites/plain.suite.js';

describe('killed: audit in PostgreSQL, target a schema registry', () => {
  plainRows(rowsOn('postgres', 'schema-registry'));
});
