import { IDENTITY_MUTATIONS } from './identity-mutations.js';
import type { Invariant } from './model/violation.js';
import type { Scenario } from './scenario/scenario.js';

/** A mistake made on purpose in a copy of the engine, or in the servers that it works with. */
export interface Mutation {
  readonly name: string;
  /** What is replaced in which file of lib/core; every text must be there exactly once. */
  readonly edits: readonly (readonly [file: string, from: string, to: string])[];
  /** The invariants by which it may be noticed. */
  readonly breaks: readonly Invariant[];
  /** Which scenarios can show it at all; the others are passed over. Absent: all. */
  readonly shows?: (scenario: Scenario) => boolean;
  /** The seed to begin with, for a mistake that one schedule in many thousands shows. @default 1 */
  readonly from?: number;
  /** The servers take writes of anybody. */
  readonly fenceless?: true;
}

const START = '  await recordStart(execution, task);\n';

/** Mistakes that the simulation must notice. */
export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'the servers do not check the fence',
    shows: ({ faultProfile }) => faultProfile.stall + faultProfile.late > 0,
    breaks: ['I1', 'I2', 'I5'],
    edits: [],
    fenceless: true,
  },
  {
    name: 'STARTED is recorded after apply',
    breaks: ['I3'],
    edits: [
      ['engine/execute/plain.ts', START, ''],
      ['engine/execute/plain.ts', '  const end = endDrafts(', `${START}  const end = endDrafts(`],
      ['engine/execute/marker.ts', START, ''],
      ['engine/execute/marker.ts', '  const drafts = endDrafts(', `${START}  const drafts = endDrafts(`],
    ],
  },
  {
    name: 'the marker is committed after the transaction, not in it',
    breaks: ['I1', 'I2'],
    edits: [
      ['engine/execute/marker.ts', '    await transaction.writeMarker(marker);\n', ''],
      [
        'engine/execute/marker.ts',
        '  const drafts = endDrafts(',
        `  const idle = { ...task.step.change, verify: undefined, apply: { name: 'idle', invoke: async () => undefined } };
  const late = { ...task, step: { ...task.step, change: { ...idle, rollback: idle.apply } } };
  await transact(execution, late, target, (transaction) => transaction.writeMarker(marker));
  const drafts = endDrafts(`,
      ],
    ],
  },
  {
    name: 'APPLIED is recorded before the commit (marker)',
    breaks: ['I2'],
    edits: [
      [
        'engine/execute/marker.ts',
        '    await transaction.writeMarker(marker);\n',
        '    await transaction.writeMarker(marker);\n    await auditWriter.append(endDrafts(execution, task, elapsed()));\n',
      ],
      ['engine/execute/marker.ts', '  await auditWriter.append(drafts);\n', ''],
    ],
  },
  {
    name: 'APPLIED is recorded before the commit (shared)',
    breaks: ['I2'],
    edits: [['engine/execute/shared.ts', 'auditWriter.appendWithin(session, ', 'auditWriter.append(']],
  },
  {
    name: 'recovery ignores the markers',
    breaks: ['I1', 'I2'],
    edits: [['engine/decide.ts', 'const kind = finding.marker?.kind;', "const kind = 'none' as string;"]],
  },
  {
    name: 'a lost answer to COMMIT counts as a failure',
    breaks: ['I1', 'I2'],
    edits: [
      ['engine/execute/marker.ts', "if (end.kind !== 'unknown') return false;", 'if (end) return false;'],
    ],
  },
  {
    name: 'a refusal after a silent try counts for that try',
    shows: ({ faultProfile, changes }) =>
      faultProfile.late > 0 && changes.some(({ strategy }) => strategy === 'plain'),
    breaks: ['I2', 'I3'],
    edits: [
      ['engine/audit-writer.ts', 'if (isRefused && silence === undefined) throw', 'if (isRefused) throw'],
    ],
  },
  {
    name: 'a marker of an earlier attempt takes that of the last one along',
    shows: ({ faultProfile, changes, undoAt }) =>
      faultProfile.crash > 0 && undoAt.length > 0 && changes.some(({ hasDefinition }) => hasDefinition),
    breaks: ['I1', 'I2'],
    edits: [
      [
        'engine/execute/transactional.ts',
        '  execution.settledMarkers.removed(target.id, [task.step.change.id]);\n',
        '',
      ],
      ['engine/steps.ts', '  await forgetSettled(execution, step, target);\n', ''],
    ],
  },
  {
    name: 'an open attempt is forgotten when a later one is rolled back',
    shows: ({ changes }) => changes.some(({ hasDefinition }) => hasDefinition),
    breaks: ['I2'],
    edits: [
      [
        'engine/read-state.ts',
        "return attempt === entry.attempt || (kind === 'open' && attempt < entry.attempt);",
        'return attempt === entry.attempt;',
      ],
      ['engine/steps.ts', 'const isOpen = step.leavesOpen === true;', 'const isOpen = false;'],
    ],
  },
  {
    name: 'an open attempt is remembered, but a later one that fails is taken to settle it',
    shows: ({ changes }) => changes.some(({ hasDefinition }) => hasDefinition),
    breaks: ['I2'],
    edits: [['engine/steps.ts', 'const isOpen = step.leavesOpen === true;', 'const isOpen = false;']],
  },
  {
    name: 'undefined is taken for success',
    breaks: ['I4', 'I7'],
    edits: [['engine/steps.ts', 'return failure ? {', 'return failure?.error !== undefined ? {']],
  },
  {
    name: 'a new holder does not raise the fence of the target systems',
    shows: ({ mishap }) => mishap === undefined,
    breaks: ['I1', 'I2', 'I5'],
    edits: [
      [
        'engine/raise-fences.ts',
        'return await answered(markers.raiseFence(lease.fence.token));',
        // What the row says is still heeded.
        'return (await markers.fences()).find(({ storeId }) => storeId === lease.fence.storeId) ?? { token: 0, witness: null };',
      ],
    ],
  },
  {
    name: 'clients are not guarded by the lease',
    breaks: ['I5'],
    edits: [['engine/execute/attempt.ts', '      lease.guard();\n      requireAlive', '      requireAlive']],
  },
  {
    name: 'verify is not asked after apply',
    breaks: ['I2'],
    edits: [['engine/execute/act.ts', 'if (!change.verify) return;', 'if (change) return;']],
  },
  {
    name: 'the run goes on after a change that needs a person',
    breaks: ['I4', 'I7', 'I8'],
    edits: [['engine/steps.ts', '        runError: needsPerson(settled),\n', '']],
  },
  {
    name: 'what only a person can decide is tried again',
    breaks: ['I2'],
    edits: [['engine/decide.ts', "if (change.recovery === 'always-retry' && !undone)", 'if (!undone)']],
  },
  {
    name: 'the deadline counts from the answer to the acquisition',
    from: 15_001,
    shows: ({ faultProfile, replicas }) => faultProfile.slow > 0 && replicas.length > 1,
    breaks: ['I5'],
    edits: [
      [
        'engine/acquire-lease.ts',
        'lock.leaseMs, acquired), deadline }',
        'lock.leaseMs, acquired), deadline: leaseDeadline(clock, lock.leaseMs) }',
      ],
      // Nor is an answer too late.
      [
        'engine/acquire-lease.ts',
        'lock.leaseMs, asked, [request.stop]',
        '9 * lock.leaseMs, asked, [request.stop]',
      ],
    ],
  },
  {
    name: 'the deadline trusts the monotonic clock alone',
    breaks: ['I5'],
    edits: [
      [
        'kit/time-limits.ts',
        'Math.min(wall - clock.now(), monotonic - clock.monotonic())',
        'wall && monotonic - clock.monotonic()',
      ],
    ],
  },
  ...IDENTITY_MUTATIONS,
];
