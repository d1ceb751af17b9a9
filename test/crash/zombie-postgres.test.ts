import { describe } from '@jest/globals';
import { rowsOn } from './harness/rows.js';
import {
  markerZombieSuite,
  plainZombieSuite,
  sharedZombieSuite,
  transactionalZombieSuite,
} from './suites/zombie.suite.js';

describe('frozen past its lease: PostgreSQL, audit and target in one database', () => {
  const row = rowsOn('postgres', 'audit-database');
  transactionalZombieSuite(row);
  sharedZombieSuite(row);
});

describe('frozen past its lease: PostgreSQL, target in another database', () => {
  const row = rowsOn('postgres', 'postgres');
  transactionalZombieSuite(row);
  markerZombieSuite(row);
});

describe('frozen past its lease: PostgreSQL, target in a folder', () => {
  plainZombieSuite(rowsOn('postgres', 'folder'));
});

describe('frozen past its lease: PostgreSQL, changes that want no transaction', () => {
  plainZombieSuite(rowsOn('postgres', 'audit-database'), { transactional: false });
});
