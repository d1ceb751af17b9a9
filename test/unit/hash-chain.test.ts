import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { canonicalJson } from '../../lib/core/canonical-json.js';
import { appendToChain, EMPTY_CHAIN, faultInChain, hashOf } from '../../lib/core/hash-chain.js';
import { draftWith } from './values.js';

describe('canonicalJson', () => {
  it('writes the example of RFC 8785, section 3.2.2, as the RFC does', () => {
    const value = {
      numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('sorts keys by UTF-16 code units, at every depth', () => {
    expect(
      canonicalJson({
        '\u20ac': 1,
        '\r': 2,
        '1': { b: 1, a: 2 },
        '\ud83d\ude00': 3,
        '\u0080': 4,
        '\ufb33': 5,
      }),
    ).toBe('{"\\r":2,"1":{"a":2,"b":1},"\u0080":4,"€":1,"😀":3,"\ufb33":5}');
  });

  it('leaves absent members out and keeps null', () => {
    expect(canonicalJson({ a: undefined, b: null, c: [undefined] })).toBe('{"b":null,"c":[null]}');
  });
});

describe('the chain', () => {
  const drafts = [draftWith(), draftWith({ state: 'APPLIED', metadata: { owner: 'platform' } })];

  it('gives entries their places, each naming the hash before it', () => {
    const [first, second] = appendToChain(EMPTY_CHAIN, drafts);
    expect([first?.seq, second?.seq]).toEqual([1, 2]);
    expect(first?.previousHash).toBe('0'.repeat(64));
    expect(second?.previousHash).toBe(first?.hash);
  });

  it('hashes the RFC 8785 form of the entry without its hash', () => {
    const [entry] = appendToChain(EMPTY_CHAIN, drafts);
    const { hash, ...rest } = entry!;
    expect(hash).toBe(createHash('sha256').update(canonicalJson(rest)).digest('hex'));
    expect(hashOf(entry!)).toBe(hash);
  });

  it('goes on behind any head', () => {
    const [first, second] = appendToChain(EMPTY_CHAIN, drafts);
    expect(appendToChain(first!, drafts.slice(1))).toEqual([second]);
  });

  it('finds an altered, a missing and a foreign entry', () => {
    const [first, second] = appendToChain(EMPTY_CHAIN, drafts);
    expect(faultInChain(EMPTY_CHAIN, first!)).toBeUndefined();
    expect(faultInChain(first!, second!)).toBeUndefined();
    expect(faultInChain(first!, { ...second!, author: 'someone else' })).toMatch(/altered/);
    expect(faultInChain(EMPTY_CHAIN, second!)).toMatch(/entry 1 is missing/);
    expect(faultInChain({ seq: 1, hash: 'e'.repeat(64) }, second!)).toMatch(/previousHash/);
  });
});
