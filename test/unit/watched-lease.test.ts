import { describe, expect, it } from '@jest/globals';
import { LeaseWatch } from '../../lib/core/kit/watched-lease.js';

const HOLDER = { holder: 'a-run', host: 'web-1', since: '', until: '' };
const LEASE_MS = 1_000;

/** A watch whose time passes as a test says, and what it makes of the item. */
function watching() {
  let now = 0;
  const watch = new LeaseWatch(() => now);
  const look = (nonce: string, holder: typeof HOLDER | null = HOLDER) =>
    watch.judge({ holder, nonce, leaseMs: LEASE_MS }, now);
  return { watch, look, pass: (ms: number) => (now += ms), now: () => now };
}

describe('LeaseWatch', () => {
  it('knows nothing of a holder that it has just come to', () => {
    const { look, pass } = watching();
    expect(look('1')).toBe('unknown');
    pass(LEASE_MS - 1);
    expect(look('1')).toBe('unknown');
  });

  it('takes a lease for free when it has seen it unchanged for its whole length', () => {
    const { look, pass } = watching();
    look('1');
    pass(LEASE_MS);
    expect(look('1')).toBe('free');
  });

  it('takes a holder for alive that has renewed while it watched', () => {
    const { look, pass } = watching();
    look('1');
    pass(LEASE_MS / 3);
    expect(look('2')).toBe('held');
    pass(LEASE_MS - 1);
    expect(look('2')).toBe('held');
    pass(1);
    expect(look('2')).toBe('free');
  });

  it('knows nothing of a holder that renewed while it did not look', () => {
    const { look, pass } = watching();
    look('1');
    pass(10 * LEASE_MS);
    expect(look('2')).toBe('unknown');
  });

  it('does not count the time that an answer took', () => {
    const { watch, look, pass, now } = watching();
    look('1');
    const asked = now();
    pass(LEASE_MS);
    expect(watch.judge({ holder: HOLDER, nonce: '1', leaseMs: LEASE_MS }, asked)).toBe('unknown');
  });

  it('takes a lease that was released for free at once', () => {
    expect(watching().look('1', null)).toBe('free');
  });
});
