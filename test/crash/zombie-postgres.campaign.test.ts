import { describe } from '@jest/globals';
import { rowsOn } from './harness/rows.js';
import { plainZombieSuite } from './suites/plain-zombie.suite.js';
import { blockedSuite } from './suites/zombie.suite.js';
import { markerZombies } from './suites/zombies-on.suite.js';

markerZombies('postgres', 'locks');

describe('frozen past its lease: postgres, changes that want no transaction', () => {
  const row = rowsOn('postgres', 'audit-database');
  plainZombieSuite(row, { transactional: false });
  blockedSuite(row, { transactional: false });
});
