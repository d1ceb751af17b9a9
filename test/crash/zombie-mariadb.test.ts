import { describe } from '@jest/globals';
import { rowsOn } from './harness/rows.js';
import {
  blockedSuite,
  freshlyTakenSuite,
  markerZombieSuite,
  plainZombieSuite,
  refusedCommitRow,
  sharedZombieSuite,
  transactionalZombieSuite,
} from './suites/zombie.suite.js';

describe('frozen past its lease: MariaDB, audit and target in one database', () => {
  const row = rowsOn('mariadb', 'audit-database');
  transactionalZombieSuite(row);
  blockedSuite(row);
  sharedZombieSuite(row);
  refusedCommitRow(row, 'after acquire');
  freshlyTakenSuite(row);
});

describe('frozen past its lease: MariaDB, target in another database', () => {
  const row = rowsOn('mariadb', 'mariadb');
  transactionalZombieSuite(row);
  blockedSuite(row);
  markerZombieSuite(row);
  refusedCommitRow(row, 'after fence of target');
});

describe('frozen past its lease: MariaDB, target in a folder', () => {
  const row = rowsOn('mariadb', 'folder');
  plainZombieSuite(row);
  blockedSuite(row);
});
