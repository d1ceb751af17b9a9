import { describe, expect, it } from '@jest/globals';
import { presentable } from '../../lib/core/engine/on-request/preview.js';
import type { PlannedChange } from '../../lib/core/model/plan.js';
import { planText } from '../../lib/nest/running/plan-text.js';
import type { EntryImage } from '../../lib/systems/filesystem/undo/entry-image.js';
import { contentDifferences } from '../../lib/systems/filesystem/recipes/write-file.recipe.js';

describe('presentable', () => {
  it('takes secrets out of every text, and of what is called like one', () => {
    const shown = presentable({
      summary: "CREATE USER shop PASSWORD = 'hunter2'",
      differences: [
        { what: 'sasl.password', from: 'hunter1', to: 'hunter2' },
        { what: "'.env' line 1", to: 'API_KEY=hunter2' },
        { what: 'retention.ms', from: '7d', to: '30d' },
      ],
      irreversible: 'password=hunter2',
      untried: 'password: hunter2',
    });
    expect(JSON.stringify(shown)).not.toContain('hunter');
    expect(shown.differences?.slice(1)).toEqual([
      { what: "'.env' line 1", to: 'API_KEY=***' },
      { what: 'retention.ms', from: '7d', to: '30d' },
    ]);
  });

  it('makes one line of each text, and cuts what is too long', () => {
    const { summary } = presentable({ summary: `SELECT\n   1${' '.repeat(3)}${'x'.repeat(1000)}` });
    expect(summary).toMatch(/^SELECT 1 {3}x+…$/);
    expect(summary).toHaveLength(300);
  });
});

describe('planText', () => {
  const change = (differences: Partial<PlannedChange>): PlannedChange => ({
    id: 'one',
    stage: 'default',
    order: '0001',
    targetSystem: 'db',
    decision: 'apply',
    strategy: 'plain',
    reason: 'it never ran',
    ...differences,
  });

  it('counts what is done, lists what is pending, and tells what is not certain', () => {
    const changes = [
      change({ decision: 'skip' }),
      change({ id: 'two', decision: 'needs-person', reason: 'no rule tells' }),
      change({
        id: 'three',
        preview: {
          possible: true,
          operations: [
            {
              summary: 'delete topic',
              differences: [{ what: "topic 'a'", from: '' }],
              irreversible: 'its events are gone',
            },
            { summary: 'DROP TABLE a', untried: 'DDL commits' },
            { summary: 'alter', differences: [{ what: 'retention.ms', from: '7d', to: '30d' }] },
          ],
        },
      }),
      change({ id: 'four', preview: { possible: true, operations: [] } }),
    ];
    expect(planText({ status: 'needs-person', changes, warnings: ['look'] })).toBe(
      [
        'Plan: 1 in effect, 1 NEEDS A PERSON, 2 apply',
        '  NEEDS A PERSON  default 0001  two    db  no rule tells',
        '  apply           default 0001  three  db  it never ran',
        '      delete topic',
        "        - topic 'a'",
        '        cannot be put back: its events are gone',
        '      DROP TABLE a',
        '        not tried: DDL commits',
        '      alter',
        '        ~ retention.ms: 7d → 30d',
        '  apply           default 0001  four   db  it never ran',
        '      it would change nothing',
        'warning: look',
      ].join('\n'),
    );
  });
});

describe('the differences of a file', () => {
  const file = (text: string): EntryImage => ({
    kind: 'file',
    mode: 0o644,
    bytes: text.length,
    content: { base64: Buffer.from(text).toString('base64') },
  });
  const between = (from: string, to: string | Uint8Array) =>
    contentDifferences('a', file(from), Buffer.from(to));

  it('are its lines', () => {
    expect(between('one\ntwo\nfour\n', 'one\nthree\nfour\n')).toEqual([
      { what: "'a' line 2", from: 'two', to: 'three' },
    ]);
    expect(between('a\na\n', 'a\na\na\n')).toEqual([{ what: "'a' line 3", to: 'a' }]);
    expect(between('', 'a\nb')).toEqual([
      { what: "'a' line 1", from: '', to: 'a' },
      { what: "'a' line 2", to: 'b' },
    ]);
  });

  it('are its length where it is no text, and no more than 20 lines', () => {
    expect(between('text', Uint8Array.of(255))).toEqual([
      { what: "file 'a'", from: '4 bytes', to: '1 byte' },
    ]);
    const many = Array.from({ length: 30 }, (_, index) => `${index}\n`).join('');
    expect(between('', many)).toHaveLength(21);
  });
});
