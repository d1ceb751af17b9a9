import type { Fault } from '../fault.js';
import type { FaultyKind } from '../faulty-server.js';
import { mongoRedoes, type Ending, type FaultRow } from '../rows.js';
import type { Casting } from '../stage.js';

/** The lease is short where only its end tells that nobody answers, in milliseconds. */
const SHORT_MS = 1_500;

/** Words of requests on the wire. */
interface Words {
  readonly commit: string;
  /** Of the one that takes effect when an audit entry is appended. */
  readonly append: string;
  /** Of the one that takes effect when the lease is taken. */
  readonly acquire: string;
  /** Of what a change writes. */
  readonly effect: string;
}

const WORDS: Readonly<Record<FaultyKind, Words>> = {
  postgres: {
    commit: 'COMMIT',
    append: 'flamingock_audit',
    acquire: 'flamingock_lock',
    effect: 'crash_effects',
  },
  mariadb: { commit: 'COMMIT', append: 'COMMIT', acquire: 'COMMIT', effect: 'crash_effects' },
  mongodb: {
    commit: 'commitTransaction',
    append: 'commitTransaction',
    acquire: 'commitTransaction',
    effect: 'crash_effects',
  },
};

/** Played by `npm test`, or only by the campaign. */
type When = 'always' | 'campaign';
/** A fault at a step, and how the run ends; in the end the request whose answer is lost. */
type Line = readonly [
  at: string,
  fault: Fault,
  ends: Ending | readonly Ending[],
  when: When,
  request?: keyof Words,
];

/**
 * The silent transaction has the lock row, or its connection is the one of the renewals. The lease is over at about the time
 * after which nobody waits for the commit any more: which is first is up to the machine, and nothing more is done either way.
 */
const LOST = ['LockLostError', 'AuditStoreError'] as const;

const LINES: Readonly<Record<Casting, readonly Line[]>> = {
  'audit and target': [
    ['before acquire', 'answer is lost', 'AuditStoreError', 'always', 'acquire'],
    ['before STARTED a', 'connections are cut', 'well', 'campaign'],
    ['before STARTED a', 'answer is lost', 'well', 'always', 'append'],
    ['before STARTED a', 'answer never comes', 'well', 'campaign', 'append'],
    ['before STARTED a', 'answers are late', 'well', 'campaign'],
    ['after STARTED a', 'connections fall silent', 'ChangeFailedError', 'always'],
    ['a apply half done', 'connections are cut', 'ChangeFailedError', 'always'],
    ['a apply half done', 'answer is lost', 'ChangeFailedError', 'campaign', 'effect'],
    ['a apply half done', 'peer is dead', 'LockLostError', 'campaign'],
    ['before commit a', 'connections are cut', 'ChangeFailedError', 'campaign'],
    ['before commit a', 'answer is lost', 'well', 'always', 'commit'],
    ['before commit a', 'answer never comes', 'well', 'always', 'commit'],
    ['before commit a', 'connections fall silent', LOST, 'campaign'],
    ['before commit a', 'peer is dead', LOST, 'campaign'],
    ['before commit b', 'answer is lost', 'well', 'campaign', 'commit'],
    ['before release', 'peer is dead', 'well', 'campaign'],
  ],
  'target of marker': [
    ['before fence of target', 'peer is dead', 'TargetSystemError', 'campaign'],
    ['after STARTED a', 'peer is dead', 'ChangeFailedError', 'campaign'],
    ['a apply half done', 'connections are cut', 'ChangeFailedError', 'always'],
    ['before fence for a', 'peer is dead', 'ChangeFailedError', 'always'],
    ['before commit a', 'connections are cut', 'ChangeFailedError', 'campaign'],
    ['before commit a', 'answer is lost', 'well', 'always', 'commit'],
    ['before commit a', 'answer never comes', 'well', 'always', 'commit'],
    ['before commit a', 'connections fall silent', 'TargetSystemError', 'campaign'],
    ['before commit a', 'peer is dead', 'TargetSystemError', 'campaign'],
    ['before commit a', 'answers are late', 'well', 'always'],
    ['before markers of target go', 'peer is dead', 'well', 'campaign'],
  ],
  'audit of marker': [
    ['before APPLIED a + STARTED b', 'answer is lost', 'well', 'always', 'append'],
    ['before APPLIED a + STARTED b', 'answer never comes', 'well', 'campaign', 'append'],
    ['before APPLIED a + STARTED b', 'peer is dead', 'AuditStoreError', 'campaign'],
    ['before commit a', 'connections are cut', 'well', 'campaign'],
  ],
  'audit of plain': [
    ['before APPLIED a + STARTED b', 'answer is lost', 'well', 'always', 'append'],
    ['before APPLIED a + STARTED b', 'peer is dead', 'AuditStoreError', 'campaign'],
    ['before release', 'peer is dead', 'well', 'always'],
  ],
  'target of plain': [
    ['a apply half done', 'connections are cut', 'ChangeFailedError', 'always'],
    ['a apply half done', 'answer is lost', 'ChangeFailedError', 'campaign', 'effect'],
  ],
};

/** How a driver that sends things again by itself may end what others cannot. */
const MONGO_MAY_END_WELL: ReadonlySet<Fault> = new Set(['answer is lost', 'connections fall silent']);

/** A transaction outlives its connections at the server: it is committed on the next one, or begun again. */
function mongoEnds(casting: Casting, fault: Fault, ends: readonly Ending[]): readonly Ending[] {
  if (fault === 'connections are cut' && !casting.endsWith('plain')) return ['well'];
  return mongoRedoes('mongodb', MONGO_MAY_END_WELL.has(fault) ? ['well', ...ends] : ends);
}

/** The network between the app and the server fails. */
export function networkRows(kind: FaultyKind): FaultRow[] {
  const castings = Object.entries(LINES) as [Casting, readonly Line[]][];
  return castings.flatMap(([casting, lines]) =>
    lines.map(([at, fault, end, when, request]): FaultRow => {
      const ends = [end].flat();
      const isSilent = /silent|dead|never/.test(fault) || end === 'AuditStoreError';
      return {
        casting,
        at,
        fault,
        ends: kind === 'mongodb' ? mongoEnds(casting, fault, ends) : ends,
        always: when === 'always',
        ...(request && { request: WORDS[kind][request] }),
        ...(isSilent && { leaseMs: SHORT_MS }),
      };
    }),
  );
}
