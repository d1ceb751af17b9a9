import { describe, expect, it } from '@jest/globals';
import {
  countOf,
  factsOf,
  isTrue,
  latestOf,
  momentIn,
  momentOf,
  wordOf,
} from '../../lib/core/kit/import/history-values.js';

describe('momentOf', () => {
  it.each([
    [new Date(1704103200000), '2024-01-01T10:00:00.000Z'],
    [1704103200000, '2024-01-01T10:00:00.000Z'],
    [1704103200000n, '2024-01-01T10:00:00.000Z'],
    ['1704103200000', '2024-01-01T10:00:00.000Z'],
    ['2024-01-01 10:00:00', '2024-01-01T10:00:00.000Z'],
    ['2024-01-01 10:00:00.25', '2024-01-01T10:00:00.250Z'],
    ['2024-01-01T10:00:00Z', '2024-01-01T10:00:00.000Z'],
    ['2024-01-01 12:00:00+02:00', '2024-01-01T10:00:00.000Z'],
    ['2024-01-01', '2024-01-01T00:00:00.000Z'],
    ['', null],
    ['soon', null],
    [null, null],
    [undefined, null],
    [new Date(Number.NaN), null],
  ])('of %p is %p', (value, expected) => {
    expect(momentOf(value)).toBe(expected);
  });
});

describe('momentIn', () => {
  it.each([
    ['2024-01-01 10:00:00', 'Europe/Berlin', '2024-01-01T09:00:00.000Z'],
    ['2024-07-01T10:00:00.123456', 'Europe/Berlin', '2024-07-01T08:00:00.123Z'],
    ['2024-07-01 00:30:00', 'America/New_York', '2024-07-01T04:30:00.000Z'],
    ['2024-07-01 05:11:00', 'Asia/Kathmandu', '2024-06-30T23:26:00.000Z'],
    ['2024-01-01 10:00:00', '+05:30', '2024-01-01T04:30:00.000Z'],
    ['2024-01-01 10:00:00', 'UTC', '2024-01-01T10:00:00.000Z'],
    // Passed over in spring, and there twice in autumn: the one before the change of the clocks.
    ['2024-03-31 02:30:00', 'Europe/Berlin', '2024-03-31T01:30:00.000Z'],
    ['2024-10-27 02:30:00', 'Europe/Berlin', '2024-10-27T00:30:00.000Z'],
    ['2024-10-27 03:00:00', 'Europe/Berlin', '2024-10-27T02:00:00.000Z'],
  ])('%s in %s', (wall, zone, at) => {
    expect(momentIn(wall, zone)).toEqual({ at, zone });
  });

  it.each([
    ['2024-01-01 10:00:00+00', '2024-01-01T10:00:00.000Z'],
    [1704103200000, '2024-01-01T10:00:00.000Z'],
    ['soon', null],
    ['2024-01-01 25:00:00', null],
    [null, null],
  ])('needs no zone for %s', (value, at) => {
    expect(momentIn(value, 'Europe/Berlin')).toEqual({ at });
  });
});

describe('what drivers give', () => {
  it('is read as words', () => {
    expect(['a', '', 7, 7n, null, {}].map(wordOf)).toEqual(['a', undefined, '7', '7', undefined, undefined]);
  });

  it('is read as counts', () => {
    expect([7, '7', 7n].map(countOf)).toEqual([7, 7, 7]);
    expect(['', 'x', null, undefined].map(countOf)).toEqual(Array(4).fill(undefined));
  });

  it('is read as true', () => {
    expect([true, 1, 1n, '1', 't'].every(isTrue)).toBe(true);
    expect([false, 0, '0', 'f', null, undefined, 'FALSE'].some(isTrue)).toBe(false);
  });

  it('is kept as plain JSON', () => {
    const facts = factsOf({ a: 1n, b: null, c: undefined, d: new Date(0), e: { f: [1, undefined] } });
    expect(facts).toEqual({ a: 1, d: '1970-01-01T00:00:00.000Z', e: { f: [1, null] } });
  });

  it('has one latest row of each name', () => {
    expect(latestOf(['a1', 'b1', 'a2'], (row) => row.charAt(0))).toEqual(['b1', 'a2']);
  });
});
