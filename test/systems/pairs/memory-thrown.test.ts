import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { ChangeFailedError } from 'nestjs-flamingock';
import type { PairLocation, RecoveryPair } from 'nestjs-flamingock/testing';
import { assertOutcomes, errorOf } from '../../../lib/testing/recovery/expectations.js';
import { memoryPair } from './memory-pair.js';
import { play } from './play.js';

const circular = new Error('goes in circles');
circular.cause = circular;

/** Whatever can be thrown, and what is told about it. */
const THROWN: Readonly<Record<string, readonly [thrown: unknown, told: RegExp]>> = {
  undefined: [undefined, /undefined was thrown/],
  null: [null, /null was thrown/],
  false: [false, /false was thrown/],
  'an empty text': ['', /./],
  'a text': ['plain text', /plain text/],
  'a frozen error': [Object.freeze(new Error('frozen')), /frozen/],
  'an error that is its own cause': [circular, /goes in circles/],
  'an error whose getters throw': [unreadable(), /./],
  'an error that nobody may look at': [untouchable(), /cannot be looked at/],
  'an aggregate that carries itself': [aggregate(), /several/],
};

function unreadable(): Error {
  const get = (): never => {
    throw new Error('from a getter');
  };
  // The stack first: making it reads the message.
  return Object.defineProperties(new Error('hidden'), { stack: { get }, message: { get }, cause: { get } });
}

function untouchable(): unknown {
  const trap = (): never => {
    throw new Error('from a trap');
  };
  return new Proxy({}, { get: trap, has: trap, getPrototypeOf: trap, ownKeys: trap });
}

function aggregate(): Error {
  const error = new AggregateError([], 'several');
  error.errors.push(error);
  return error;
}

describe.each(['shared', 'marker', 'plain'] as const)('a change that throws (%s)', (strategy) => {
  const pair: RecoveryPair = memoryPair(strategy);
  const createLocation = (): Promise<PairLocation> => pair.createLocation();
  const undone = strategy === 'plain' ? 'S A uS uF' : 'S A uS uF uA';

  // In a loop: jest would look at what is thrown, to print it.
  for (const [name, [thrown, told]] of Object.entries(THROWN))
    it(`${name} has failed`, () =>
      play(pair, createLocation, async (scene) => {
        const rejecting = () => Promise.reject(thrown);
        for (const id of ['apply', 'verify', 'undo']) {
          const method = id === 'undo' ? 'rollback' : id;
          const changes = [scene.change(id, { [method]: rejecting }), scene.change(`${id}-after`)];
          if (id === 'undo') await scene.app.run(changes);
          const only = { only: 'undo' };
          const result = await (id === 'undo' ? scene.app.undo(changes, only) : scene.app.run(changes));
          assert.equal(result.report.status, 'failed', id);
          assert.match(errorOf(result, ChangeFailedError, `'${id}'`).message, told);
          assert.match(result.report.changes[0]?.error ?? '', told);
          const failed = (await scene.entries(id)).find(({ state }) => state === 'FAILED');
          assert.match(failed?.error ?? '', told);
          assert.equal(await scene.rows(id), id === 'undo' ? undone : 'S F RB');
          if (id !== 'undo')
            assertOutcomes(result, 'failed', { [id]: 'rolled-back', [`${id}-after`]: 'not-run' });
        }
      }));
});
