import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Acquisition, AuditStore, Fence, LeaseRequest } from '../../../lib/core/model/audit-store.js';
import type { StoreKind } from '../harness/databases.js';
import { deploy, type Deployment } from '../harness/deployment.js';
import { Racers } from '../harness/racers.js';

const RACERS = 8;
const TIMEOUT_MS = 1_800_000;

interface Winner extends Acquisition {
  readonly index: number;
}

/** How many rounds there are, and who tells that a lease has run out. */
interface Rounds {
  readonly free: number;
  readonly expired: number;
  /** Nobody gets an expired lease before having seen it for its whole length; otherwise the server's clock tells. */
  readonly judgedByWatching?: boolean;
}

/** E02 and E03: real processes ask for the lease at one instant, round after round. */
export function raceSuite(kind: StoreKind, given: number | Rounds): void {
  const { free, expired, judgedByWatching = false } = roundsOf(given);
  describe(`${RACERS} processes race for the lease: ${kind}`, () => {
    let deployment: Deployment;
    let racers: Racers;
    beforeAll(async () => {
      deployment = await deploy(kind, 'audit-database');
      racers = await Racers.start(deployment, RACERS);
    }, TIMEOUT_MS);
    afterAll(async () => {
      await racers?.end();
      await deployment?.close();
    }, TIMEOUT_MS);

    it(`E02 a free one goes to exactly one of them, ${free} rounds`, () => race('release', free), TIMEOUT_MS);
    it(
      `E03 an expired one goes to exactly one of them, ${expired} rounds`,
      () => race('expire', expired),
      TIMEOUT_MS,
    );

    async function race(between: 'release' | 'expire', rounds: number): Promise<void> {
      const store = deployment.audit.store(await racers.openStore());
      const giveUp = (winner: Winner): Promise<void> =>
        between === 'release' ? release(store, winner) : expire(store, winner, racers, judgedByWatching);
      const tokens = await raceRounds(racers, rounds, giveUp);
      // Each acquisition has the next token: none was given twice, none was lost.
      expect(tokens).toEqual(Array.from({ length: rounds }, (_, index) => index + 1));
    }
  });
}

async function raceRounds(
  racers: Racers,
  rounds: number,
  giveUp: (winner: Winner) => Promise<void>,
): Promise<number[]> {
  const tokens: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const winners = winnersOf(await racers.acquire(requestOf));
    if (winners.length !== 1) throw new Error(`round ${round} has ${winners.length} winners`);
    tokens.push(...winners.map(({ token }) => token));
    for (const winner of winners) await giveUp(winner);
  }
  return tokens;
}

function requestOf(index: number): LeaseRequest {
  return { holder: `racer ${index}`, host: `host-${index}`, leaseMs: 600_000 };
}

function winnersOf(answers: readonly (Acquisition | null)[]): Winner[] {
  return answers.flatMap((taken, index) => (taken ? [{ index, ...taken }] : []));
}

function fenceOf({ namespace }: AuditStore, { index, ...taken }: Winner): Fence {
  return { ...taken, namespace, ...requestOf(index) };
}

function release(store: AuditStore, winner: Winner): Promise<void> {
  return store.release(fenceOf(store, winner));
}

async function expire(
  store: AuditStore,
  winner: Winner,
  racers: Racers,
  judgedByWatching: boolean,
): Promise<void> {
  expect(await store.renew({ ...fenceOf(store, winner), leaseMs: 1 })).toBe(true);
  if (judgedByWatching) expect(winnersOf(await racers.acquire(requestOf))).toEqual([]);
  await leaseIsOver(store);
}

function roundsOf(given: number | Rounds): Rounds {
  return typeof given === 'number' ? { free: given, expired: given } : given;
}

/** Without a pause between two looks: a lease of a millisecond is over before a pause would be. */
async function leaseIsOver(store: AuditStore): Promise<void> {
  const deadline = Date.now() + 20_000;
  while ((await store.snapshot()).holder)
    if (Date.now() > deadline) throw new Error('a lease of 1 ms has not ended in 20 s');
}
