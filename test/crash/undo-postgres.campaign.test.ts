import { describe } from '@jest/globals';
import { rowsOn } from './harness/rows.js';
import { SHARED_UNDO, undoSuite } from './suites/undo.suite.js';

describe('an undo killed: PostgreSQL, audit and target in one database', () => {
  undoSuite(rowsOn('postgres', 'audit-database'), SHARED_UNDO);
});
