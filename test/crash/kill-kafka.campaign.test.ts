import { describe } from '@jest/globals';
import { rowsOn } from './harness/rows.js';
import { plainRows } from './suites/plain.suite.js';
import { seedingSuite } from './suites/seeding.suite.js';

describe('killed: audit in PostgreSQL, the effects topics', () => {
  plainRows(rowsOn('postgres', 'kafka-topics'));
});

describe('killed: audit in PostgreSQL, the effects events', () => {
  seedingSuite(rowsOn('postgres', 'kafka-events'));
});

describe('killed: audit in MongoDB, the effects topics', () => {
  plainRows(rowsOn('mongodb', 'kafka-topics'));
});
