import { describe } from '@jest/globals';
import { rowsOn } from './harness/rows.js';
import { MARKER_UNDO, PLAIN_UNDO, undecidedUndoSuite, undoSuite } from './suites/undo.suite.js';

describe('an undo killed: audit in PostgreSQL, target in MariaDB', () => {
  undoSuite(rowsOn('postgres', 'mariadb'), MARKER_UNDO);
});

describe('an undo killed: audit in MariaDB, target in a folder', () => {
  const row = rowsOn('mariadb', 'folder');
  undoSuite(row, PLAIN_UNDO, { verify: 'looks' });
  undecidedUndoSuite(row);
});
