import assert from 'node:assert/strict';
import { canonicalJson } from '../../core/kit/canonical-json.js';
import type { AuditEntry } from '../../core/model/audit-entry.js';

/**
 * Asserts that the entries are the expected ones, in their order, field by field.
 *
 * A failure names the difference in one line: an entry may hold a megabyte, too much for a test report.
 */
export function assertEntries(actual: readonly AuditEntry[], expected: readonly AuditEntry[]): void {
  const seqs = (entries: readonly AuditEntry[]) => entries.map(({ seq }) => seq).join(', ');
  assert.equal(
    seqs(actual),
    seqs(expected),
    `got the entries [${seqs(actual)}] instead of [${seqs(expected)}]`,
  );
  for (const [index, entry] of expected.entries()) assertEntry(actual[index], entry);
}

function assertEntry(actual: AuditEntry | undefined, expected: AuditEntry): void {
  const got = Object.entries(actual ?? {});
  const wanted = Object.entries(expected);
  assert.deepEqual(got.map(([field]) => field).sort(), wanted.map(([field]) => field).sort());
  for (const [field, value] of wanted) {
    const found = got.find(([name]) => name === field)?.[1] as unknown;
    if (typeof found === typeof value && canonicalJson(found) === canonicalJson(value)) continue;
    assert.fail(
      `entry ${expected.seq} came back with another ${field}: ${excerpt(found)} instead of ${excerpt(value)}`,
    );
  }
}

function excerpt(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 200 ? `${text.slice(0, 200)}… (${text.length} characters)` : text;
}
