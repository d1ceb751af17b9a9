import assert from 'node:assert/strict';
import type { Clients } from '../../core/model/target-system.js';

/** A lease that can be lost, with its guard. */
export interface LosableLease {
  readonly guard: () => void;
  readonly asked: () => number;
  readonly lose: () => Error;
}

/** A lease that is held until `lose()`. */
export function losableLease(): LosableLease {
  const error = new Error('the lease was lost');
  let asked = 0;
  let lost = false;
  return {
    asked: () => asked,
    lose: () => {
      lost = true;
      return error;
    },
    guard: () => {
      asked += 1;
      if (lost) throw error;
    },
  };
}

/** Asserts that a call made without the lease throws the guard's error, itself or as a cause. */
export async function refusedWithoutLease(lease: LosableLease, call: () => Promise<void>): Promise<void> {
  const expected = lease.lose();
  await assert.rejects(
    async () => call(),
    (thrown) => isOrHasCause(thrown, expected),
  );
}

function isOrHasCause(error: unknown, expected: Error): boolean {
  return error === expected || (error instanceof Error && isOrHasCause(error.cause, expected));
}

/** The clients of an attempt that has ended, with an error when `failure` is given. */
export async function stealClients(
  attempt: (work: (clients: Clients) => Promise<void>) => Promise<void>,
  failure?: Error,
): Promise<Clients> {
  let stolen: Clients | undefined;
  const ended = attempt(async (clients) => {
    stolen = clients;
    if (failure) throw failure;
  });
  if (failure) await assert.rejects(ended, (thrown) => thrown === failure);
  else await ended;
  assert.ok(stolen);
  return stolen;
}
