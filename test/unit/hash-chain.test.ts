import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { canonicalJson } from '../../lib/core/kit/canonical-json.js';
import {
  appendToChain,
  blanked,
  EMPTY_CHAIN,
  faultAtEnd,
  faultInChain,
  hashOf,
} from '../../lib/core/kit/hash-chain.js';
import type { AuditEntry } from '../../lib/core/model/audit-entry.js';
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

/** What 1.0 wrote must verify for ever. */
const HASHES_OF_FORMAT_1 = [
  '15ab3d45d90e56f2654b5e35fdb86c82d83fcd6861cec40841c3729ccc7c375e',
  'ea15a12d547cee22307a13e1f6a49d57b1f4ffafa3e37b068f4ba076d5a9afac',
];

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('the chain', () => {
  const drafts = [draftWith(), draftWith({ state: 'APPLIED', metadata: { owner: 'platform' } })];

  it('gives entries their places, each naming the hash before it', () => {
    const [first, second] = appendToChain(EMPTY_CHAIN, drafts);
    expect([first?.seq, second?.seq]).toEqual([1, 2]);
    expect(first?.previousHash).toBe('0'.repeat(64));
    expect(second?.previousHash).toBe(first?.hash);
  });

  it('hashes the RFC 8785 form of what is not null, with error, reason and metadata hashed apart', () => {
    const full = draftWith({ app: 'shop', error: 'boom', reason: 'asked', metadata: { b: 1, a: [null] } });
    const [entry] = appendToChain(EMPTY_CHAIN, [full]);
    const { hash, ...rest } = entry!;
    const told = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
    const apart = {
      error: sha256('"boom"'),
      reason: sha256('"asked"'),
      metadata: sha256('{"a":[null],"b":1}'),
    };
    expect(hash).toBe(sha256(canonicalJson({ ...told, ...apart })));
    expect(told).toMatchObject({ format: 1, app: 'shop' });
  });

  it('has in format 1 the hashes that were released', () => {
    const [first, second] = appendToChain(EMPTY_CHAIN, drafts);
    expect([first?.hash, second?.hash]).toEqual(HASHES_OF_FORMAT_1);
  });

  it('verifies an entry of an earlier version, which lacks fields that were added since', () => {
    const [entry] = appendToChain(EMPTY_CHAIN, [draftWith()]);
    expect(hashOf({ ...entry!, addedLater: null } as AuditEntry)).toBe(entry!.hash);
  });

  it('verifies an entry whose error, reason and metadata were blanked, and finds one blanked with another hash', () => {
    const full = draftWith({ error: 'boom', reason: 'asked', metadata: { a: 1 } });
    const [entry] = appendToChain(EMPTY_CHAIN, [full]);
    const gone = blanked(entry!);
    expect(JSON.stringify(gone)).not.toMatch(/boom|asked/);
    expect(faultInChain(EMPTY_CHAIN, gone)).toBeUndefined();
    expect(blanked(gone)).toEqual(gone);
    expect(faultInChain(EMPTY_CHAIN, { ...gone, error: `sha256:${'0'.repeat(64)}` })).toMatch(/altered/);
    expect(faultInChain(EMPTY_CHAIN, { ...gone, error: null })).toMatch(/altered/);
  });

  it('says what to do about an entry of a newer format', () => {
    const [entry] = appendToChain(EMPTY_CHAIN, drafts);
    expect(faultInChain(EMPTY_CHAIN, { ...entry!, format: 2 })).toMatch(/format 2.*upgrade/);
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

  it('finds an end that is not where its record says', () => {
    const at = (seq: number, digit: string) => ({ seq, hash: digit.repeat(64) });
    expect(faultAtEnd(at(3, 'a'), at(3, 'a'))).toBeUndefined();
    expect(faultAtEnd(at(3, 'a'), at(2, 'a'))).toMatch(/ends with entry 3, .* is 2: entries were removed/);
    expect(faultAtEnd(at(3, 'a'), at(4, 'a'))).toMatch(/there is an entry 4: entries were added/);
    expect(faultAtEnd(at(3, 'a'), at(3, 'b'))).toMatch(/entry 3, .*replaced/);
  });
});
