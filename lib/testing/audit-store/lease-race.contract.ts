import assert from 'node:assert/strict';
import type { Fence } from '../../core/model/audit-store.js';
import { registerCases } from '../contract-cases.js';
import type { ContractRunner } from '../contract-runner.js';
import { atOnce, eventually } from '../waiting.js';
import type { ConnectedStore } from './audit-store.harness.js';
import { acquired, type AuditStoreWorkbench, LONG_LEASE_MS } from './audit-store.workbench.js';

const RACERS = 8;

/** All instances ask until one has the lease, and then once more. @returns the fences of all that got it */
async function race(
  connected: readonly ConnectedStore[],
  round: number,
): Promise<(Fence & { index: number })[]> {
  const ask = async () => {
    const answers = await atOnce(RACERS, (index) =>
      connected[index]!.store.acquire({
        holder: `${round}-${index}`,
        host: `host-${index}`,
        leaseMs: LONG_LEASE_MS,
      }),
    );
    return answers.flatMap((taken, index) => {
      const { namespace } = connected[index]!.store;
      const holder = `${round}-${index}`;
      return taken ? [{ ...taken, namespace, holder, leaseMs: LONG_LEASE_MS, index }] : [];
    });
  };
  const winners = await eventually('a winner', async () => {
    const some = await ask();
    return some.length > 0 && some;
  });
  return [...winners, ...(await ask())];
}

/** What a store promises when many processes ask for the lease at the same time. */
export function leaseRaceContract(runner: ContractRunner, bench: AuditStoreWorkbench): void {
  const rounds = bench.harness.raceRounds ?? 20;
  registerCases(runner, `lease raced by ${RACERS}`, bench, {
    [`a free one goes to exactly one in each of ${rounds} rounds, with the next token`]: () =>
      raceFree(bench, rounds),
    [`one that ran out goes to exactly one in each of ${rounds} rounds, with the next token`]: () =>
      raceExpired(bench, rounds),
  });
}

function raceFree(bench: AuditStoreWorkbench, rounds: number): Promise<void> {
  return bench.use(RACERS, async (connected) => {
    const first = await acquired(connected[0]!.store);
    await connected[0]!.store.release(first);
    for (let round = 1; round <= rounds; round++) {
      const { index, ...fence } = await winnerOf(connected, round, first.token + round);
      await connected[index]!.store.release(fence);
    }
  });
}

function raceExpired(bench: AuditStoreWorkbench, rounds: number): Promise<void> {
  return bench.use(RACERS, async (connected) => {
    const { store } = connected[0]!;
    const first = await acquired(store, bench.shortLeaseMs);
    for (let round = 1; round <= rounds; round++) {
      const fence = await winnerOf(connected, round, first.token + round);
      assert.equal(await store.renew({ ...fence, leaseMs: bench.shortLeaseMs }), true);
    }
  });
}

async function winnerOf(connected: readonly ConnectedStore[], round: number, token: number) {
  const [winner, ...more] = await race(connected, round);
  assert.ok(winner && more.length === 0, `round ${round} has ${more.length + 1} winners`);
  assert.equal(winner.token, token);
  return winner;
}
