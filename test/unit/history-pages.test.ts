import { describe, expect, it } from '@jest/globals';
import { historyPages } from '../../lib/core/kit/history-pages.js';
import type { HistoryQuery } from '../../lib/core/model/audit-store.js';
import { entryWith } from './values.js';

/** Reads a log of `length` entries, oldest first. @returns how many came, and what was asked for */
async function reading(length: number, query: HistoryQuery = {}) {
  const asked: (readonly [size: number, behind: number])[] = [];
  const seqs: number[] = [];
  const pages = historyPages(query, async ({ size, behind = 0 }) => {
    asked.push([size, behind]);
    return Array.from({ length: Math.min(size, length - behind) }, (_, index) =>
      entryWith({ seq: behind + index + 1 }),
    );
  });
  for await (const { seq } of pages) seqs.push(seq);
  return { seqs, asked };
}

describe('historyPages', () => {
  it.each([0, 1, 199, 200, 201, 400, 450])('gives each of %i entries once, in order', async (length) => {
    const { seqs } = await reading(length);
    expect(seqs).toEqual(Array.from({ length }, (_, index) => index + 1));
  });

  it('begins each page behind the one before and asks for no more than the limit', async () => {
    const { seqs, asked } = await reading(1_000, { limit: 250 });
    expect(seqs).toHaveLength(250);
    expect(asked).toEqual([
      [200, 0],
      [50, 200],
    ]);
  });

  it('reads nothing for a limit of 0', async () => {
    expect(await reading(10, { limit: 0 })).toEqual({ seqs: [], asked: [] });
  });
});
