import { describe } from '@jest/globals';
import { rowsOn } from './harness/rows.js';
import {
  markerZombieSuite,
  plainZombieSuite,
  sharedZombieSuite,
  transactionalZombieSuite,
} from './suites/zombie.suite.js';

describe('frozen past its lease: MariaDB, audit and target in one database', () => {
  const row = rowsOn('mariadb', 'audit-database');
  transactionalZombieSuite(row);
  sharedZombieSuite(row);
});

describe('frozen past its lease: MariaDB, target in another database', () => {
  const row = rowsOn('mariadb', 'mariadb');
  transactionalZombieSuite(row);
  markerZombieSuite(row);
});

describe('frozen past its lease: MariaDB, target in a folder', () => {
  plainZombieSuite(rowsOn('mariadb', 'folder'));
});
