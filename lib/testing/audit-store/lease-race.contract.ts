import assert from 'node:assert/strict';
import type { Fence } from '../../core/audit-store.js';
import { CONTRACT_TIMEOUT_MS, type ContractRunner } from '../contract-runner.js';
import { atOnce, eventually } from '../waiting.js';
import { acquired, LONG_LEASE_MS, type AuditStoreWorkbench } from './audit-store.workbench.js';
import type { ConnectedStore } from './audit-store.harness.js';

const RACERS = 8;

/** All instances ask until one has got the lease, and once more. @returns the fences that were given out */
async function race(
  connected: readonly ConnectedStore[],
  round: number,
): Promise<(Fence & { index: number })[]> {
  const ask = async () => {
    const tokens = await atOnce(RACERS, (index) =>
      connected[index]!.store.acquire({
        holder: `${round}-${index}`,
        host: `host-${index}`,
        leaseMs: LONG_LEASE_MS,
      }),
    );
    return tokens.flatMap((token, index) =>
      token === null ? [] : [{ token, holder: `${round}-${index}`, leaseMs: LONG_LEASE_MS, index }],
    );
  };
  const winners = await eventually('a winner', async () => {
    const some = await ask();
    return some.length > 0 && some;
  });
  return [...winners, ...(await ask())];
}

/** What a store promises when many processes ask for the lease at one instant. */
export function leaseRaceContract({ describe, it }: ContractRunner, bench: AuditStoreWorkbench): void {
  const rounds = bench.harness.raceRounds ?? 20;

  describe(`lease raced by ${RACERS}`, () => {
    it(
      `a free one goes to exactly one in each of ${rounds} rounds, with the next token`,
      () =>
        bench.use(RACERS, async (connected) => {
          for (let round = 1, last: number | undefined; round <= rounds; round++) {
            const winners = await race(connected, round);
            assert.equal(winners.length, 1, `round ${round} has ${winners.length} winners`);
            if (last !== undefined) assert.equal(winners[0]!.token, last + 1);
            last = winners[0]!.token;
            await connected[winners[0]!.index]!.store.release(winners[0]!);
          }
        }),
      CONTRACT_TIMEOUT_MS * 5,
    );

    it(
      `one that ran out goes to exactly one in each of ${rounds} rounds, with the next token`,
      () =>
        bench.use(RACERS, async (connected) => {
          const { store } = connected[0]!;
          let current: Fence = await acquired(store, bench.shortLeaseMs);
          for (let round = 1; round <= rounds; round++) {
            const winners = await race(connected, round);
            assert.equal(winners.length, 1, `round ${round} has ${winners.length} winners`);
            assert.equal(winners[0]!.token, current.token + 1);
            current = winners[0]!;
            assert.equal(await store.renew({ ...current, leaseMs: bench.shortLeaseMs }), true);
          }
        }),
      CONTRACT_TIMEOUT_MS * 5,
    );
  });
}
