import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuditStore, LeaseRequest } from '../../../lib/core/audit-store.js';
import type { StoreKind } from '../harness/databases.js';
import { deploy, type Deployment } from '../harness/deployment.js';
import { Racers } from '../harness/racers.js';

const RACERS = 8;
const TIMEOUT_MS = 300_000;

interface Winner {
  readonly index: number;
  readonly token: number;
}

/** E02 and E03: real processes ask for the lease at one instant, round after round. */
export function raceSuite(kind: StoreKind, rounds: number): void {
  describe(`${RACERS} processes race for the lease: ${kind}`, () => {
    let deployment: Deployment;
    beforeAll(async () => {
      deployment = await deploy(kind, 'audit-database');
    }, TIMEOUT_MS);
    afterAll(() => deployment?.close(), TIMEOUT_MS);

    it(`E02 a free one goes to exactly one of them, ${rounds} rounds`, () => race('release'), TIMEOUT_MS);
    it(`E03 an expired one goes to exactly one of them, ${rounds} rounds`, () => race('expire'), TIMEOUT_MS);

    async function race(between: 'release' | 'expire'): Promise<void> {
      const racers = await Racers.start(deployment, RACERS);
      const store = deployment.audit.store(racers.namespace);
      try {
        const tokens = await raceRounds(racers, store, rounds, between);
        // Each acquisition has the next token: none was given twice, none was lost.
        expect(tokens).toEqual(Array.from({ length: rounds }, (_, index) => index + 1));
      } finally {
        await racers.end();
      }
    }
  });
}

async function raceRounds(
  racers: Racers,
  store: AuditStore,
  rounds: number,
  between: 'release' | 'expire',
): Promise<number[]> {
  const tokens: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const winners = winnersOf(await racers.acquire(requestOf));
    if (winners.length !== 1) throw new Error(`round ${round} has ${winners.length} winners`);
    tokens.push(...winners.map(({ token }) => token));
    for (const winner of winners) await giveUp(store, winner, between);
  }
  return tokens;
}

function requestOf(index: number): LeaseRequest {
  return { holder: `racer ${index}`, host: `host-${index}`, leaseMs: 600_000 };
}

function winnersOf(answers: readonly (number | null)[]): Winner[] {
  return answers.flatMap((token, index) => (token === null ? [] : [{ index, token }]));
}

async function giveUp(
  store: AuditStore,
  { index, token }: Winner,
  between: 'release' | 'expire',
): Promise<void> {
  const fence = { token, ...requestOf(index) };
  if (between === 'release') return store.release(fence);
  expect(await store.renew({ ...fence, leaseMs: 1 })).toBe(true);
  await leaseIsOver(store);
}

/** Without a pause between two looks: a lease of a millisecond is over before a pause would be. */
async function leaseIsOver(store: AuditStore): Promise<void> {
  const deadline = Date.now() + 20_000;
  while ((await store.snapshot()).holder)
    if (Date.now() > deadline) throw new Error('a lease of 1 ms has not ended in 20 s');
}
