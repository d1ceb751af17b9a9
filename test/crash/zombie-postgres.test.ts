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

describe('frozen past its lease: PostgreSQL, audit and target in one database', () => {
  const row = rowsOn('postgres', 'audit-database');
  transactionalZombieSuite(row);
  blockedSuite(row);
  sharedZombieSuite(row);
  refusedCommitRow(row, 'after acquire');
  freshlyTakenSuite(row);
});

describe('frozen past its lease: PostgreSQL, target in another database', () => {
  const row = rowsOn('postgres', 'postgres');
  transactionalZombieSuite(row);
  blockedSuite(row);
  markerZombieSuite(row);
  refusedCommitRow(row, 'after fence of target');
});

describe('frozen past its lease: PostgreSQL, target in a folder', () => {
  const row = rowsOn('postgres', 'folder');
  plainZombieSuite(row);
  blockedSuite(row);
});

describe('frozen past its lease: PostgreSQL, changes that want no transaction', () => {
  const row = rowsOn('postgres', 'audit-database');
  plainZombieSuite(row, { transactional: false });
  blockedSuite(row, { transactional: false });
});
