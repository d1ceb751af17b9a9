import { describe } from '@jest/globals';
import { rowsOn, type Row } from './harness/rows.js';
import { plainRows } from './suites/plain.suite.js';
import { seedingSuite } from './suites/seeding.suite.js';

/** What the table says about plain changes is shown in full on a folder; these are the ends that it has. */
const SOME = [/^C03 .*\{\}/, /^C03 .*looks/, /^C04 .*looks/, /^C06 .*looks/];

describe('killed: audit in PostgreSQL, the effects topics', () => {
  const row = rowsOn('postgres', 'kafka-topics');
  const some: Row = (name, ...rest) => {
    if (SOME.some((wanted) => wanted.test(name))) row(name, ...rest);
  };
  plainRows(some);
});

describe('killed: audit in PostgreSQL, the effects events', () => {
  seedingSuite(rowsOn('postgres', 'kafka-events'));
});
