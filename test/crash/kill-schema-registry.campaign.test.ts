import { describe } from '@jest/globals';
import { rowsOn } from './harness/rows.js';
import { plainRows } from './suites/plain.suite.js';

describe.each(['postgres', 'mongodb'] as const)('killed: audit in %s, target a schema registry', (audit) => {
  plainRows(rowsOn(audit, 'schema-registry'));
});
