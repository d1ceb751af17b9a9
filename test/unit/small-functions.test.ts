import { describe, expect, it } from '@jest/globals';
import { sortChanges } from '../../lib/core/engine/validate.js';
import { readText, storedTextWhere } from '../../lib/core/kit/stored-text.js';
import { raceWithSignals } from '../../lib/core/kit/time-limits.js';
import { parseDuration } from '../../lib/core/model/duration.js';
import { errorText, messageOf } from '../../lib/core/text/error-text.js';
import { nearNames } from '../../lib/core/text/near-names.js';
import { changeWith } from './values.js';

describe('parseDuration', () => {
  it.each([
    [250, 250],
    ['200ms', 200],
    ['30s', 30_000],
    ['1.5m', 90_000],
    ['1h', 3_600_000],
  ])('%p is %i ms', (value, ms) => {
    expect(parseDuration(value)).toBe(ms);
  });

  it.each(['597h', Infinity, 2 ** 31])('refuses %p, which no timer can hold', (value) => {
    expect(() => parseDuration(value)).toThrow(/longer than a timer can hold; at most '596h'/);
  });

  it.each([0, -1, NaN, '', '30', '30 days', 'soon'])('refuses %p and says what to write', (value) => {
    expect(() => parseDuration(value)).toThrow(/is not a duration; write milliseconds or '200ms'/);
  });
});

describe('nearNames', () => {
  it('finds slips, nearest first', () => {
    expect(nearNames('user-bd', ['events', 'user-db', 'user-dbs'])).toEqual(['user-db', 'user-dbs']);
  });

  it('finds nothing where nothing is near', () => {
    expect(nearNames('payments', ['user-db', 'events'])).toEqual([]);
  });
});

describe('sortChanges', () => {
  it('goes by stage as listed, then by order as text', () => {
    const changes = [
      changeWith({ id: 'd', stage: 'data', order: '0001' }),
      changeWith({ id: 'b', stage: 'schema', order: '0010' }),
      changeWith({ id: 'a', stage: 'schema', order: '0002' }),
      changeWith({ id: 'c', stage: 'schema', order: '0010a' }),
    ];
    expect(sortChanges(changes, ['schema', 'data']).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('errorText', () => {
  it('keeps message, stack and every cause, and no secret', () => {
    const error = new Error('outer', { cause: new Error('connect postgres://shop:hunter2@db/shop failed') });
    const text = errorText(error);
    expect(text).toMatch(/Error: outer[\s\S]+at [\s\S]+Caused by: Error: connect postgres:/);
    expect(text).not.toContain('hunter2');
  });

  it('ends although causes go in a circle', () => {
    const error = new Error('round');
    error.cause = error;
    expect(errorText(error).match(/Error: round/g)).toHaveLength(1);
  });

  it('tells what was thrown that is no error', () => {
    expect(messageOf({ code: 7 })).toBe('{ code: 7 }');
  });
});

describe('raceWithSignals', () => {
  it('settles as the work does', async () => {
    await expect(raceWithSignals(Promise.resolve(7), [new AbortController().signal])).resolves.toBe(7);
    await expect(raceWithSignals(Promise.reject(new Error('no')), [])).rejects.toThrow('no');
  });

  it('rejects with the reason of the signal that fires first', async () => {
    const stop = new AbortController();
    const race = raceWithSignals(new Promise(() => undefined), [new AbortController().signal, stop.signal]);
    stop.abort(new Error('stopped'));
    await expect(race).rejects.toThrow('stopped');
  });

  it('rejects at once when a signal has fired before', async () => {
    const reason = new Error('gone');
    await expect(raceWithSignals(new Promise(() => undefined), [AbortSignal.abort(reason)])).rejects.toBe(
      reason,
    );
  });
});

describe('a stored text', () => {
  const storedText = storedTextWhere(/\s$/u);

  it.each([
    ['plain', 'plain'],
    ['blank ', 'json:"blank "'],
    ['json:"x"', 'json:"json:\\"x\\""'],
  ])('%j is stored as %j, and read back', (text, stored) => {
    expect(storedText(text)).toBe(stored);
    expect(readText(stored)).toBe(text);
  });

  it.each(['json:', 'json:{', 'json:7'])('%j, altered by hand, comes back as it stands', (stored) => {
    expect(readText(stored)).toBe(stored);
  });
});
