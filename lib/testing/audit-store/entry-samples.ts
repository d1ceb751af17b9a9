import type { AuditEntryDraft } from '../../core/model/audit-entry.js';

/** A simple draft; a test gives the fields that matter to it. */
export function draft(given: Partial<AuditEntryDraft> = {}): AuditEntryDraft {
  return { ...PLAIN, ...given };
}

const PLAIN: AuditEntryDraft = {
  executionId: 'execution-1',
  changeId: 'add-user-status',
  stage: 'default',
  order: '0001',
  author: 'shop-team',
  targetSystem: 'user-db',
  state: 'STARTED',
  operation: 'apply',
  strategy: 'shared',
  recovery: 'manual-intervention',
  attempt: 1,
  at: '2026-01-02T03:04:05.678Z',
  durationMs: 0,
  host: 'host-a',
  actor: 'ci',
  environment: null,
  appVersion: null,
  app: null,
  className: 'AddUserStatus',
  method: 'apply',
  description: null,
  ticket: null,
  metadata: null,
  error: null,
  reason: null,
};

/** Drafts that must be read back unchanged, by what makes them hard to store. */
export const HARD_DRAFTS: Readonly<Record<string, AuditEntryDraft>> = {
  'every nullable field null': draft(),
  'every field given': draft({
    state: 'ROLLBACK_FAILED',
    operation: 'undo',
    strategy: 'marker',
    recovery: 'always-retry',
    attempt: 2_147_483_647,
    durationMs: 86_400_000,
    environment: 'production',
    appVersion: '1.2.3-rc.1+build.5',
    app: '@shop/api',
    description: 'adds a status',
    ticket: 'SHOP-1',
    metadata: { team: 'shop' },
    error: 'Error: boom\n    at apply (change.ts:1:1)',
    reason: 'a person said so',
  }),
  'empty texts': draft({ actor: '', environment: '', description: '', ticket: '', error: '', reason: '' }),
  'quotes, backslashes and comments': draft({
    changeId: `o'brien "x" \`y\` \\ \\' ; -- /* $1 ? :name %s {{}} */`,
    error: `'; DROP TABLE flamingock_audit; --\\n\\u0000 \r\n\t`,
  }),
  'unicode of every plane': draft({
    author: 'Zoë Łukasz 王小明 عمر',
    description: '🦩 👩‍👩‍👧‍👦 é (e\u0301) \u2028 \u2029 \ufeff \u00a0 𝒳',
    metadata: { 'ключ 🦩': 'значение ✓' },
  }),
  'leading and trailing blanks': draft({ actor: ' ci ', description: '  two  ', reason: '\n' }),
  'nested metadata': draft({
    metadata: {
      z: 1,
      a: [1, 'two', null, true, { deep: { deeper: [[]] } }],
      numbers: [0, -1, 1.5, 1e21, 1e-7, 9_007_199_254_740_991, 0.1],
      empty: {},
      'quoted "key"': 'x',
      date: '2026-01-02T03:04:05.678Z',
    },
  }),
  'empty metadata': draft({ metadata: {} }),
  'an error text of 1 MB': draft({ state: 'FAILED', error: '0123456789abcdeé'.repeat(64 * 1024) }),
  'a moment at the edge of a millisecond': draft({ at: '2026-12-31T23:59:59.999Z' }),
  'a moment in a daylight saving gap': draft({ at: '2026-03-29T02:30:00.000Z' }),
};
