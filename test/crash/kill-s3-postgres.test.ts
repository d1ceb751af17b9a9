import { describe } from '@jest/globals';
import { rowsOn } from './harness/rows.js';
import { plainRows, plainSuite } from './suites/plain.suite.js';

describe('killed: audit in PostgreSQL, target on S3', () => {
  plainSuite(rowsOn('postgres', 's3'));
});

describe('killed: audit in MongoDB, target on S3', () => {
  plainRows(rowsOn('mongodb', 's3'));
});
