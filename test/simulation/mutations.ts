/** A mistake made on purpose in a copy of the engine, or in the servers that it works with. */
export interface Mutation {
  readonly name: string;
  /** What is replaced in which file of lib/core; every text must be there exactly once. */
  readonly edits: readonly (readonly [file: string, from: string, to: string])[];
  /** The servers take writes of anybody. */
  readonly fenceless?: true;
}

const START = '  await recordStart(execution, task);\n';

/** Mistakes that the simulation must notice. */
export const MUTATIONS: readonly Mutation[] = [
  { name: 'the servers do not check the fence', edits: [], fenceless: true },
  {
    name: 'STARTED is recorded after apply',
    edits: [
      ['execute/plain.ts', START, ''],
      ['execute/plain.ts', '  const end = endDrafts(', `${START}  const end = endDrafts(`],
      ['execute/marker.ts', START, ''],
      ['execute/marker.ts', '  const drafts = endDrafts(', `${START}  const drafts = endDrafts(`],
    ],
  },
  {
    name: 'the marker is committed after the transaction, not in it',
    edits: [
      ['execute/marker.ts', '    await transaction.writeMarker(marker);\n', ''],
      [
        'execute/marker.ts',
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
    edits: [
      [
        'execute/marker.ts',
        '    await transaction.writeMarker(marker);\n',
        '    await transaction.writeMarker(marker);\n    await journal.append(endDrafts(execution, task, elapsed()));\n',
      ],
      ['execute/marker.ts', '  await journal.append(drafts);\n', ''],
    ],
  },
  {
    name: 'APPLIED is recorded before the commit (shared)',
    edits: [['execute/shared.ts', 'journal.appendWithin(session, ', 'journal.append(']],
  },
  {
    name: 'recovery ignores the markers',
    edits: [['decide.ts', 'const kind = finding.marker?.kind;', "const kind = 'none' as string;"]],
  },
  {
    name: 'a lost answer to COMMIT counts as a failure',
    edits: [
      [
        'execute/marker.ts',
        "if (end.kind !== 'unknown') return end.kind === 'committed';",
        "if (end) return end.kind === 'committed';",
      ],
    ],
  },
  {
    name: 'a refusal after a silent try counts for that try',
    edits: [['journal.ts', 'if (isRefused && silence === undefined) throw', 'if (isRefused) throw']],
  },
  {
    name: 'a marker of an earlier attempt takes that of the last one along',
    edits: [
      ['execute/transactional.ts', '  execution.leftovers.removed(target.id, [task.step.change.id]);\n', ''],
    ],
  },
  {
    name: 'a new holder does not raise the fence of the target systems',
    edits: [['prepare.ts', 'if (await markers.raiseFence(lease.fence.token)) return;', 'return;']],
  },
  {
    name: 'clients are not guarded by the lease',
    edits: [['execute/attempt.ts', '      lease.guard();\n      if (done', '      if (done']],
  },
  {
    name: 'verify is not asked after apply',
    edits: [['execute/act.ts', 'if (!change.verify) return;', 'if (change) return;']],
  },
  {
    name: 'the run goes on after a change that needs a person',
    edits: [['steps.ts', '        runError: needsPerson(settled),\n', '']],
  },
  {
    name: 'what only a person can decide is tried again',
    edits: [['decide.ts', "if (change.recovery === 'always-retry' && !undone)", 'if (!undone)']],
  },
  {
    name: 'the deadline counts from the answer to the acquisition',
    edits: [
      [
        'acquire.ts',
        'undefined : { token, deadline };',
        'undefined : { token, deadline: leaseDeadline(clock, lock.leaseMs) };',
      ],
    ],
  },
  {
    name: 'the deadline trusts the monotonic clock alone',
    edits: [
      [
        'deadline.ts',
        'Math.min(wall - clock.now(), monotonic - clock.monotonic())',
        'wall && monotonic - clock.monotonic()',
      ],
    ],
  },
];
