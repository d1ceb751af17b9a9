import type { FaultyKind } from '../faulty-server.js';
import { mongoRedoes, type FaultRow } from '../rows.js';

const WELL = ['well'] as const;
const FAILED = ['ChangeFailedError'] as const;
/** The lease is short where only its end tells that a peer is dead. */
const SHORT = { leaseMs: 1_500 } as const;

/** Words of requests on the wire. */
interface Words {
  readonly commit: string;
  /** Of the one that takes effect when an audit entry is appended. */
  readonly append: string;
  /** Of the one that takes effect when the lease is taken. */
  readonly acquire: string;
}

const WORDS: Readonly<Record<FaultyKind, Words>> = {
  postgres: { commit: 'COMMIT', append: 'flamingock_audit', acquire: 'flamingock_lock' },
  mariadb: { commit: 'COMMIT', append: 'COMMIT', acquire: 'COMMIT' },
  mongodb: { commit: 'commitTransaction', append: 'commitTransaction', acquire: 'commitTransaction' },
};

/** What a change writes, and no bookkeeping does. */
const EFFECT = 'crash_effects';

/** The network between the app and the server fails. */
export function networkRows(kind: FaultyKind): FaultRow[] {
  const { commit, append, acquire } = WORDS[kind];
  const rows: FaultRow[] = [
    // All in one database.
    {
      casting: 'audit and target',
      at: 'before acquire',
      fault: 'answer is lost',
      request: acquire,
      ends: ['AuditStoreError'],
      ...SHORT,
    },
    { casting: 'audit and target', at: 'before STARTED a', fault: 'connections are cut', ends: WELL },
    {
      casting: 'audit and target',
      at: 'before STARTED a',
      fault: 'answer is lost',
      request: append,
      ends: WELL,
    },
    {
      casting: 'audit and target',
      at: 'before STARTED a',
      fault: 'answer never comes',
      request: append,
      ends: WELL,
      ...SHORT,
    },
    { casting: 'audit and target', at: 'before STARTED a', fault: 'answers are late', ends: WELL },
    {
      casting: 'audit and target',
      at: 'after STARTED a',
      fault: 'connections fall silent',
      ends: FAILED,
      ...SHORT,
    },
    { casting: 'audit and target', at: 'a apply half done', fault: 'connections are cut', ends: FAILED },
    {
      casting: 'audit and target',
      at: 'a apply half done',
      fault: 'answer is lost',
      request: EFFECT,
      ends: FAILED,
    },
    {
      casting: 'audit and target',
      at: 'a apply half done',
      fault: 'peer is dead',
      ends: ['LockLostError'],
      ...SHORT,
    },
    { casting: 'audit and target', at: 'before commit a', fault: 'connections are cut', ends: FAILED },
    {
      casting: 'audit and target',
      at: 'before commit a',
      fault: 'answer is lost',
      request: commit,
      ends: WELL,
    },
    {
      casting: 'audit and target',
      at: 'before commit a',
      fault: 'answer never comes',
      request: commit,
      ends: WELL,
      ...SHORT,
    },
    {
      casting: 'audit and target',
      at: 'before commit a',
      fault: 'connections fall silent',
      ends: ['AuditStoreError'],
      ...SHORT,
    },
    {
      casting: 'audit and target',
      at: 'before commit a',
      fault: 'peer is dead',
      ends: ['AuditStoreError'],
      ...SHORT,
    },
    {
      casting: 'audit and target',
      at: 'before commit b',
      fault: 'answer is lost',
      request: commit,
      ends: WELL,
    },
    { casting: 'audit and target', at: 'before release', fault: 'peer is dead', ends: WELL, ...SHORT },
    // The audit is elsewhere.
    {
      casting: 'target of marker',
      at: 'before fence of target',
      fault: 'peer is dead',
      ends: ['TargetSystemError'],
      ...SHORT,
    },
    { casting: 'target of marker', at: 'after STARTED a', fault: 'peer is dead', ends: FAILED, ...SHORT },
    { casting: 'target of marker', at: 'a apply half done', fault: 'connections are cut', ends: FAILED },
    { casting: 'target of marker', at: 'before fence for a', fault: 'peer is dead', ends: FAILED, ...SHORT },
    { casting: 'target of marker', at: 'before commit a', fault: 'connections are cut', ends: FAILED },
    {
      casting: 'target of marker',
      at: 'before commit a',
      fault: 'answer is lost',
      request: commit,
      ends: WELL,
    },
    {
      casting: 'target of marker',
      at: 'before commit a',
      fault: 'answer never comes',
      request: commit,
      ends: WELL,
      ...SHORT,
    },
    {
      casting: 'target of marker',
      at: 'before commit a',
      fault: 'connections fall silent',
      ends: ['TargetSystemError'],
      ...SHORT,
    },
    {
      casting: 'target of marker',
      at: 'before commit a',
      fault: 'peer is dead',
      ends: ['TargetSystemError'],
      ...SHORT,
    },
    { casting: 'target of marker', at: 'before commit a', fault: 'answers are late', ends: WELL },
    {
      casting: 'target of marker',
      at: 'before markers of target go',
      fault: 'peer is dead',
      ends: WELL,
      ...SHORT,
    },
    // The target is elsewhere.
    {
      casting: 'audit of marker',
      at: 'before APPLIED a + STARTED b',
      fault: 'answer is lost',
      request: append,
      ends: WELL,
    },
    {
      casting: 'audit of marker',
      at: 'before APPLIED a + STARTED b',
      fault: 'answer never comes',
      request: append,
      ends: WELL,
      ...SHORT,
    },
    {
      casting: 'audit of marker',
      at: 'before APPLIED a + STARTED b',
      fault: 'peer is dead',
      ends: ['AuditStoreError'],
      ...SHORT,
    },
    { casting: 'audit of marker', at: 'before commit a', fault: 'connections are cut', ends: WELL },
    // Plain.
    {
      casting: 'audit of plain',
      at: 'before APPLIED a + STARTED b',
      fault: 'answer is lost',
      request: append,
      ends: WELL,
    },
    {
      casting: 'audit of plain',
      at: 'before APPLIED a + STARTED b',
      fault: 'peer is dead',
      ends: ['AuditStoreError'],
      ...SHORT,
    },
    { casting: 'target of plain', at: 'a apply half done', fault: 'connections are cut', ends: FAILED },
    {
      casting: 'target of plain',
      at: 'a apply half done',
      fault: 'answer is lost',
      request: EFFECT,
      ends: FAILED,
    },
  ];
  return rows.map((row) => ({ ...row, ends: mongoRedoes(kind, row.ends) }));
}
