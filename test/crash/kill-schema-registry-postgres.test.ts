import { describe } from '@jest/globals';
import { type Row, rowsOn } from './harness/rows.js';
import { plainRows } from './suites/plain.suite.js';

// The rules are those of every plain target system: here each step, put right by @Verify, and one that needs a person.
describe('killed: audit in PostgreSQL, target a schema registry', () => {
  const row = rowsOn('postgres', 'schema-registry');
  const few: Row = (name, ...rest) => {
    if (name.includes('looks') || name.startsWith('C03 mid-apply, {}')) row(name, ...rest);
  };
  plainRows(few);
});
