import type { Mutation } from './mutations.js';

/** Mistakes about which store it is, whether it is whole, and what its runs have settled. */
export const IDENTITY_MUTATIONS: readonly Mutation[] = [
  {
    name: 'markers and fences are not keyed by the store',
    shows: ({ neighbour, mishap }) => neighbour !== undefined || mishap?.kind === 'dropped',
    breaks: ['I1', 'I2', 'ends'],
    edits: [
      [
        'engine/acquire-lease.ts',
        'return { storeId, namespace, token,',
        "return { storeId: storeId && '', namespace, token,",
      ],
      [
        'engine/read-state.ts',
        'null ? null : { storeId, namespace };',
        "null ? null : { storeId: '', namespace };",
      ],
    ],
  },
  {
    name: 'the head is not compared with the last entry',
    shows: ({ mishap }) => mishap?.kind === 'cut',
    breaks: ['cut'],
    edits: [['engine/read-store.ts', '  if (!fault) return;\n', '  if (fault !== null) return;\n']],
  },
  {
    name: 'verifyAudit does not compare the head with the last entry',
    shows: ({ mishap }) => mishap?.kind === 'cut',
    breaks: ['cut'],
    edits: [
      [
        'engine/on-request/verify-audit.ts',
        '  if (walked.seq < before.head.seq)\n',
        '  if (walked.seq < 0)\n',
      ],
      [
        'engine/on-request/verify-audit.ts',
        'const reason = walked.seq < after.head.seq ? undefined : ',
        'const reason = walked.seq < after.head.seq + 1 ? undefined : ',
      ],
    ],
  },
  {
    name: 'what is settled stays so although entries came after it',
    breaks: ['settled'],
    edits: [['engine/settled-digest.ts', '    settled.seq === head.seq &&\n', '']],
  },
  {
    name: 'what is settled for one app is so for every app',
    shows: ({ replicas }) => replicas.some(({ edition }) => edition.profiles.length === 0),
    breaks: ['settled'],
    edits: [
      [
        'engine/settled-digest.ts',
        'settled.digests.includes(digest)',
        'settled.digests.length > 0 && digest !== null',
      ],
    ],
  },
  {
    name: 'a run settles what it has to warn of',
    shows: ({ replicas }) => replicas.some(({ edition }) => edition.lacks > 0),
    breaks: ['settled'],
    edits: [
      [
        'engine/run.ts',
        'const isDone = !result.failure && !warnings.length;',
        'const isDone = !result.failure;',
      ],
      [
        'engine/run.ts',
        'if (!ready || holder || warnings.length) return;',
        'if (!ready || (holder && warnings)) return;',
      ],
    ],
  },
  {
    name: 'the witness of a target system is not asked',
    shows: ({ mishap }) => mishap?.kind === 'restored',
    breaks: ['I1', 'I2', 'behind'],
    edits: [
      [
        'engine/raise-fences.ts',
        'if (fence.witness) await requireWitness(',
        'if (fence === null) await requireWitness(',
      ],
    ],
  },
  {
    name: 'whoever removes a marker leaves the witness as it is',
    shows: ({ mishap, targets }) =>
      mishap?.kind === 'restored' && targets.some(({ kind }) => kind === 'marker'),
    breaks: ['I1', 'I2'],
    edits: [
      [
        'engine/with-lease.ts',
        'lease.fence.token, auditWriter.head)',
        'lease.fence.token, { ...auditWriter.head, seq: 0 })',
      ],
    ],
  },
  {
    name: 'a store that is behind takes what its target systems know for a newer holder',
    shows: ({ mishap }) => mishap?.kind === 'restored',
    breaks: ['ends'],
    edits: [['engine/raise-fences.ts', 'if (now.token < token)', 'if (now.token < 0)']],
  },
];
