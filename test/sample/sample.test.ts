import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createScratch } from '../servers/scratch.mjs';
import { SampleProcess } from './sample-process.js';
import { takeTurn } from './turn.js';

/** The command builds the package and compiles the sample first; it may have to wait for the turn of another one. */
const TIMEOUT = 180_000;

const CHANGES = [
  'create-users',
  'create-orders',
  'import-old-shop',
  'add-user-status',
  'backfill-order-totals',
  'add-feature-flags',
  'register-webhook',
  'publish-price-list',
  'open-gift-cards',
];

async function get<T>(url: string): Promise<T> {
  const response = await fetch(url);
  return (await response.json()) as T;
}

describe('npm run sample', () => {
  let scratch: string;
  let data: string;
  let running: SampleProcess | undefined;

  beforeAll(() => {
    scratch = createScratch('sample');
    data = join(scratch, 'data');
  });
  afterEach(async () => {
    await running?.stop('SIGKILL');
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  /** What the command runs, without building it again. */
  const startBuilt = (...flags: string[]) => (running = SampleProcess.startBuilt(data, flags));

  it(
    'builds, boots, runs every change, prints the report, serves what they made, and closes with npm',
    async () => {
      const endTurn = await takeTurn();
      const sample = (running = SampleProcess.start(data));
      const [, url] = await sample.printed(/(http:\S+)\/users/).finally(endTurn);
      expect(sample.output).toMatch(/Run succeeded: 9 applied/);
      for (const id of CHANGES) expect(sample.output).toMatch(new RegExp(`applied +\\w+ \\d{4} +${id} `));
      expect(sample.output).toMatch(/'backfill-order-totals' 500 of 500/);

      const users = await get<{ name: string; status: string }[]>(`${url}/users`);
      expect(users.map(({ name, status }) => `${name}: ${status}`)).toContain('Ada: regular');
      const orders = await get<{ totalCents: number }[]>(`${url}/orders`);
      expect(orders.every(({ totalCents }) => totalCents > 0)).toBe(true);
      expect(await get(`${url}/features`)).toEqual({ guestCheckout: true, giftCards: true });
      expect(await get(`${url}/health`)).toEqual({ status: 'ready' });
      expect(await get<unknown[]>(`${url}/changes`)).toHaveLength(2 * CHANGES.length);

      sample.stopNpm();
      await sample.end();
      await expect(fetch(`${url}/health`)).rejects.toThrow('fetch failed');
    },
    TIMEOUT,
  );

  it(
    'finds nothing to do when it is started again, and closes on a signal',
    async () => {
      const sample = startBuilt();
      const [, url] = await sample.printed(/(http:\S+)\/users/);
      expect(sample.output).toMatch(/Nothing to do: 9 already applied/);
      expect(await get<unknown[]>(`${url}/changes`)).toHaveLength(2 * CHANGES.length);
      await sample.stop();
      await expect(fetch(`${url}/health`)).rejects.toThrow('fetch failed');
    },
    TIMEOUT,
  );

  it(
    'shows a change that fails, its rollback and the next boot: -- --fail',
    async () => {
      const { code, output } = await startBuilt('--fail').end();
      const [first = '', next = ''] = output.split('Next boot');
      expect(first).toMatch(/rolled back +release 0005 +offer-instalments/);
      expect(first).toMatch(/unknown currency 'EURO'/);
      expect(first).toMatch(/To fix:/);
      expect(first).toMatch(/exit code 1/);
      expect(first).toMatch(/Plans at the payments company: none/);
      expect(next).toMatch(/Run succeeded: 9 already applied, 1 applied/);
      expect(next).toMatch(/attempt 1 +STARTED[^]*FAILED[^]*ROLLED_BACK[^]*attempt 2 +STARTED[^]*APPLIED/);
      expect(next).toMatch(/3 months, 12 months/);
      expect(code).toBe(0);
    },
    TIMEOUT,
  );

  it(
    'shows a process that dies within a change, and what a person does then: -- --crash',
    async () => {
      const sample = startBuilt('--crash');
      await sample.printed(/The process is gone/);
      const goneAt = Date.now();
      await sample.printed(/'offer-instalments' NEEDS A PERSON/);
      // Most of a lease of 5 s. "Waiting for …" is said only by a boot that takes less than that.
      expect(Date.now() - goneAt).toBeGreaterThan(2_000);
      const { code, output } = await sample.end();
      const [died = '', refused = '', resolved = ''] = output.split('Next boot');
      expect(died).toMatch(/The process is gone: SIGKILL. Plans at the payments company: 3 months/);
      expect(refused).toMatch(/'offer-instalments' .* needs a person: attempt 1 ended as STARTED/);
      expect(refused).toMatch(/To fix:[^]*flamingock.resolve\('offer-instalments', 'rolled-back'/);
      expect(refused).toMatch(/exit code 1[^]*wrote MANUAL_MARKED_AS_ROLLED_BACK/);
      expect(resolved).toMatch(/Run succeeded: 9 already applied, 1 applied/);
      expect(resolved).toMatch(/company: 3 months, 12 months/);
      expect(code).toBe(0);
    },
    TIMEOUT,
  );

  it(
    'forgets everything: -- --reset',
    async () => {
      expect(readdirSync(data)).not.toEqual([]);
      expect(await startBuilt('--reset').end()).toMatchObject({ code: 0 });
      expect(readdirSync(data)).toEqual([]);
    },
    TIMEOUT,
  );
});
