import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createScratch } from '../servers/scratch.mjs';
import { buildSample } from '../support/built.js';
import { SampleProcess } from './sample-process.js';

/** Building may have to wait for the turn of a test file that builds, too. */
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

  beforeAll(async () => {
    scratch = createScratch('sample');
    data = join(scratch, 'data');
    await buildSample();
  }, TIMEOUT);
  afterEach(async () => {
    await running?.stop('SIGKILL');
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  /** What the command runs once it has built it; the campaign types the command itself. */
  const startBuilt = (...flags: string[]) => (running = SampleProcess.startBuilt(data, flags));

  it(
    'boots, runs every change, prints the report, and serves what they made',
    async () => {
      const sample = startBuilt();
      const [, url] = await sample.printed(/(http:\S+)\/users/);
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
      await sample.stop();
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
    'forgets everything: -- --reset',
    async () => {
      expect(readdirSync(data)).not.toEqual([]);
      expect(await startBuilt('--reset').end()).toMatchObject({ code: 0 });
      expect(readdirSync(data)).toEqual([]);
    },
    TIMEOUT,
  );
});
