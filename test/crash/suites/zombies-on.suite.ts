import { describe } from '@jest/globals';
import type { StoreKind } from '../harness/databases.js';
import { rowsOn } from '../harness/rows.js';
import { plainZombieSuite } from './plain-zombie.suite.js';
import {
  blockedSuite,
  freshlyTakenSuite,
  lockedFenceSuite,
  lockedLeaseSuite,
  markerZombieSuite,
  refusedCommitRow,
  transactionalZombieSuite,
  unlockedSuite,
} from './zombie.suite.js';

/** What a transaction that is open locks: what it has written; or nothing, since all of it is sent at its end, or since the next holder ends it. */
export type Locking = 'locks' | 'locks nothing';

/** E07 of changes in transactions: both `sharedZombies` and `markerZombies`. */
export function transactionalZombies(kind: StoreKind, locking: Locking): void {
  sharedZombies(kind, locking);
  markerZombies(kind, locking);
}

/** E07 of changes in transactions: the audit in a database, the target in the same one. */
export function sharedZombies(kind: StoreKind, locking: Locking): void {
  describe(`frozen past its lease: ${kind}, audit and target in one database`, () => {
    const row = rowsOn(kind, 'audit-database');
    transactionalZombieSuite(row);
    blockedSuite(row);
    if (locking === 'locks') lockedLeaseSuite(row);
    else unlockedSuite(row, 'after acquire');
    refusedCommitRow(row, 'after acquire');
    freshlyTakenSuite(row);
  });
}

/** E07 of changes in transactions: the audit in a database, the target in another of the kind. */
export function markerZombies(kind: StoreKind, locking: Locking): void {
  describe(`frozen past its lease: ${kind}, target in another database`, () => {
    const row = rowsOn(kind, kind);
    transactionalZombieSuite(row);
    blockedSuite(row);
    markerZombieSuite(row);
    if (locking === 'locks') lockedFenceSuite(row);
    else unlockedSuite(row, 'after fence of target');
    refusedCommitRow(row, 'after fence of target');
  });
}

/** E07 of changes on a target without transactions, the audit in a database. */
export function plainZombies(kind: StoreKind): void {
  describe(`frozen past its lease: ${kind}, target in a folder`, () => {
    const row = rowsOn(kind, 'folder');
    plainZombieSuite(row);
    blockedSuite(row);
  });
}
