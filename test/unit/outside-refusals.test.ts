import { describe, expect, it } from '@jest/globals';
import { clientGate } from '../../lib/core/kit/attempt-gate.js';
import { OutsideRefusals } from '../../lib/core/kit/outside-refusals.js';
import { OutsideTransactionError } from '../../lib/core/model/errors.js';
import { attemptScope } from '../../lib/testing/target-system/attempt-scope.sample.js';

const WORDS = { what: 'a write', plural: 'writes', instead: ['write by the session'] };
const ATTEMPT = { scope: attemptScope({ changeId: 'fill-catalog' }), targetId: 'catalog' };

describe('OutsideRefusals', () => {
  it('has nothing to say where nothing was refused', () => {
    const outside = new OutsideRefusals(ATTEMPT, WORDS);
    expect(() => outside.check()).not.toThrow();
    expect(outside.first).toBeUndefined();
  });

  it('fails by the first call that went around, however many there were', () => {
    const outside = new OutsideRefusals(ATTEMPT, { ...WORDS, how: ', by another client' });
    const error = outside.refuse('insert a');
    expect(outside.refuse('insert b')).toBe(error);
    expect(() => outside.check()).toThrow(OutsideTransactionError);
    expect(outside.first).toBe(error);
    expect(error.message).toContain(
      "Change 'fill-catalog' runs in a transaction on target system 'catalog', and a write went around it, by another client; it was refused and the change fails: insert a",
    );
    expect(error.fix).toEqual([
      'write by the session',
      "or let such writes through, to take effect even when the change fails: outsideTransaction: 'allow' in @Change",
    ]);
  });

  it.each([
    ['fail', 0],
    ['allow', 1],
  ] as const)('sends a call or refuses it, as the change says: %s', async (outsideTransaction, sent) => {
    const scope = attemptScope({ outsideTransaction });
    const outside = new OutsideRefusals({ scope, targetId: 'catalog' }, WORDS);
    let calls = 0;
    const send = async () => (calls += 1);
    await outside.admit(clientGate(scope, 'catalog'), 'insert a', send).catch(() => undefined);
    expect({ calls, refused: outside.first !== undefined }).toEqual({ calls: sent, refused: sent === 0 });
  });
});
