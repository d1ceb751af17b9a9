import { setImmediate as allElse } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { CallsInFlight, clientGate, withGate } from '../../lib/core/kit/attempt-gate.js';
import { outsideAnyChange } from '../../lib/core/kit/outside-refusals.js';
import { AttemptEndedError } from '../../lib/core/model/errors.js';
import { attemptScope } from '../../lib/testing/target-system/attempt-scope.sample.js';

const SCOPE = attemptScope({ changeId: 'add-user-status', attempt: 2 });

/** A call that answers when it is told to, or fails when `signal` fires. */
function openCall(signal?: AbortSignal) {
  let answer = (): void => undefined;
  const promise = new Promise<string>((resolve, reject) => {
    answer = () => resolve('answer');
    signal?.addEventListener('abort', () => reject(signal.reason));
  });
  return { promise, answer: () => answer() };
}

describe('CallsInFlight', () => {
  it('waits for a call that follows from another', async () => {
    const calls = new CallsInFlight();
    const [first, second] = [openCall(), openCall()];
    void calls.follow(first.promise).then(() => calls.follow(second.promise));
    const drained = calls.drain(10_000).then(() => calls.size);
    first.answer();
    await allElse();
    expect(calls.size).toBe(1);
    second.answer();
    await expect(drained).resolves.toBe(0);
  });

  it('waits no longer than it may', async () => {
    const calls = new CallsInFlight();
    void calls.follow(openCall().promise);
    await expect(calls.drain(5)).resolves.toBeUndefined();
    expect(calls.size).toBe(1);
  });

  it('tells the first failure of a call that nobody awaits', async () => {
    const calls = new CallsInFlight();
    const failed = new Error('no such table');
    calls.follow(Promise.reject(new Error('awaited by the change'))).catch(() => undefined);
    await allElse();
    const drained = calls.drain(10_000);
    calls.follow(Promise.reject(failed)).catch(() => undefined);
    await expect(drained).resolves.toEqual({ error: failed });
  });
});

describe('clientGate', () => {
  it('waits for a forgotten call when the work has returned, and cancels nothing', async () => {
    const gate = clientGate(SCOPE, 'api', 'request');
    const { during, signal } = gate;
    const call = openCall(signal);
    let ended = false;
    const work = during(async () => void gate.perform('GET /users', () => call.promise)).then(
      () => (ended = true),
    );
    await allElse();
    expect({ ended, aborted: signal.aborted }).toEqual({ ended: false, aborted: false });
    call.answer();
    await work;
    await expect(call.promise).resolves.toBe('answer');
  });

  it('cancels what is under way when the work fails, and says whose it was', async () => {
    const gate = clientGate(SCOPE, 'api', 'request');
    const { during, signal } = gate;
    const { promise } = openCall(signal);
    const failing = during(async () => {
      void gate.perform('GET /users', () => promise).catch(() => undefined);
      throw new Error('boom');
    });
    await expect(failing).rejects.toThrow('boom');
    await expect(promise).rejects.toThrow(
      "Change 'add-user-status' (attempt 2) has ended; its request was cancelled.",
    );
  });

  it.each([
    ['has returned', async () => undefined],
    ['failed', () => Promise.reject(new Error('boom'))],
  ])('refuses every call when the work %s', async (_how, work) => {
    const gate = clientGate(SCOPE, 'api', 'call');
    const { during, signal } = gate;
    await during(work).catch(() => undefined);
    expect(() => gate.pass('GET /users')).toThrow(AttemptEndedError);
    expect(signal.reason).toBeInstanceOf(AttemptEndedError);
  });
});

describe('withGate', () => {
  it('ends when the last call has, and refuses the next one', async () => {
    const call = openCall();
    const order: string[] = [];
    const gates = withGate(SCOPE, 'files', async (gate) => {
      void gate.perform('write', () => call.promise).then(() => order.push('answered'));
      return gate;
    });
    void gates.then(() => order.push('ended'));
    call.answer();
    const gate = await gates;
    expect(order).toEqual(['answered', 'ended']);
    await expect(gate.perform('write', () => call.promise)).rejects.toThrow(AttemptEndedError);
  });
});

describe('outsideAnyChange', () => {
  it('names the target system whose client was used', () => {
    expect(outsideAnyChange('files')).toThrow(/client of target system 'files' was used outside any change/);
  });
});
