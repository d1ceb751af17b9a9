import { mongoRedoes, type Ending, type FaultRow } from '../rows.js';
import type { FaultyKind } from '../faulty-server.js';
import type { Casting } from '../stage.js';

/** A step, and how a run ends when the server is killed there: back at once, and away for a while. */
type Step = readonly [at: string, back: readonly Ending[], away: readonly Ending[]];

const WELL = ['well'] as const;
const UNREAD = ['AuditStoreError'] as const;
const UNPREPARED = ['TargetSystemError'] as const;
const FAILED = ['ChangeFailedError'] as const;
/** Whether the server is back in time is up to the machine. */
const EITHER = ['well', ...FAILED] as const;

const STEPS: Readonly<Record<Casting, readonly Step[]>> = {
  'audit and target': [
    ['before acquire', WELL, UNREAD],
    ['after acquire', WELL, UNREAD],
    ['before STARTED a', WELL, EITHER],
    ['after STARTED a', WELL, EITHER],
    ['a apply half done', FAILED, FAILED],
    ['a apply done', FAILED, FAILED],
    ['before APPLIED a + STARTED b', FAILED, FAILED],
    ['after APPLIED a + STARTED b', FAILED, FAILED],
    ['before commit a', FAILED, FAILED],
    ['after commit a', WELL, EITHER],
    ['before commit b', FAILED, FAILED],
    ['before release', WELL, WELL],
    ['after release', WELL, WELL],
  ],
  'audit of marker': [
    ['before STARTED a', WELL, WELL],
    ['after STARTED a', WELL, WELL],
    ['a apply half done', WELL, WELL],
    ['before fence for a', WELL, WELL],
    ['before commit a', WELL, WELL],
    ['after commit a', WELL, WELL],
    ['before APPLIED a + STARTED b', WELL, WELL],
    ['after APPLIED a + STARTED b', WELL, WELL],
    ['before APPLIED b', WELL, WELL],
    ['before markers of target go', WELL, WELL],
  ],
  'target of marker': [
    ['before fence of target', WELL, UNPREPARED],
    ['after fence of target', WELL, UNPREPARED],
    ['after STARTED a', WELL, EITHER],
    ['a apply half done', FAILED, FAILED],
    ['before fence for a', FAILED, FAILED],
    ['before commit a', FAILED, FAILED],
    ['after commit a', WELL, EITHER],
    ['before APPLIED b', WELL, WELL],
    ['before markers of target go', WELL, WELL],
  ],
  'audit of plain': [
    ['before STARTED a', WELL, WELL],
    ['a apply half done', WELL, WELL],
    ['before APPLIED a + STARTED b', WELL, WELL],
    ['after APPLIED a + STARTED b', WELL, WELL],
    ['before APPLIED b', WELL, WELL],
  ],
  'target of plain': [
    ['a apply begins', WELL, EITHER],
    ['a apply half done', FAILED, FAILED],
    ['a apply done', FAILED, FAILED],
  ],
};

/** What `npm test` plays: the steps that differ most, and away only once for each part that the server plays. */
const ALWAYS: Readonly<Record<string, readonly string[]>> = {
  'server restarts': [
    'audit and target, before acquire',
    'audit and target, after STARTED a',
    'audit and target, before commit a',
    'audit and target, after commit a',
    'audit of marker, before APPLIED a + STARTED b',
    'target of marker, before fence of target',
    'target of marker, before commit a',
    'target of marker, after commit a',
    'audit of plain, before APPLIED a + STARTED b',
    'target of plain, a apply half done',
  ],
  'server is away': [
    'audit and target, before STARTED a',
    'audit of marker, after commit a',
    'target of marker, a apply half done',
    'audit of plain, a apply half done',
  ],
};

/** The server is killed at each step of the protocol, and its data are there when it comes back. */
export function killRows(kind: FaultyKind): FaultRow[] {
  const castings = Object.entries(STEPS) as [Casting, readonly Step[]][];
  return castings.flatMap(([casting, steps]) =>
    steps.flatMap(([at, back, away]) => [
      killRow(kind, { casting, at, fault: 'server restarts', ends: back }),
      killRow(kind, {
        casting,
        at,
        fault: staysAway(away) ? 'server is gone' : 'server is away',
        ends: away,
      }),
    ]),
  );
}

/** MongoDB's driver waits for its server: that it is not back in time must not be up to the machine. */
function staysAway(ends: readonly Ending[]): boolean {
  return ends === UNREAD || ends === UNPREPARED;
}

function killRow(kind: FaultyKind, row: FaultRow): FaultRow {
  const always = ALWAYS[row.fault]?.includes(`${row.casting}, ${row.at}`);
  // A replica set takes two seconds to be back, so there it is seldom away.
  const isSlow = kind === 'mongodb' && row.fault === 'server is away' && row.casting !== 'audit and target';
  return { ...row, ends: mongoRedoes(kind, row.ends), always: always && !isSlow };
}
