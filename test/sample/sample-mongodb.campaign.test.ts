import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import mongoose from 'mongoose';
import { createScratch } from '../servers/scratch.mjs';
import { buildSample } from '../support/built.js';
import { SampleProcess } from './sample-process.js';
import { takeTurn } from '../support/turn.js';

/** Building may have to wait for the turn of a test file that builds, too. */
const TIMEOUT = 180_000;

const PRODUCTS = [
  { sku: 'sku-0', name: 'Teapot', category: 'kitchen' },
  { sku: 'sku-1', name: 'Cup', category: 'kitchen' },
  { sku: 'sku-2', name: 'Lamp', category: 'light' },
];

async function get(url: string): Promise<unknown> {
  const response = await fetch(url);
  return response.json();
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function isGone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 100 && isAlive(pid); tries++) await setTimeout(100);
  return !isAlive(pid);
}

describe('the sample with --mongodb', () => {
  let scratch: string;
  let running: SampleProcess | undefined;

  beforeAll(async () => {
    scratch = createScratch('sample-mongodb');
    await buildSample();
  }, TIMEOUT);
  afterEach(async () => {
    await running?.stop('SIGKILL');
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  const data = () => join(scratch, 'data');
  /** Its files must not be built anew while it loads them. */
  const start = async (variables?: NodeJS.ProcessEnv): Promise<SampleProcess> => {
    const endTurn = await takeTurn();
    running = SampleProcess.startBuilt(data(), ['--mongodb'], variables);
    await running.printed(/The shop is open/).finally(endTurn);
    return running;
  };
  const mongodOf = async (sample: SampleProcess) =>
    Number((await sample.printed(/Started mongod \(process (\d+)\): mongodb:/))[1]);

  it(
    'starts a MongoDB, runs every change on all systems, and serves; nothing of it is left when it stops',
    async () => {
      const sample = await start();
      const mongod = await mongodOf(sample);
      const [, url] = await sample.printed(/(http:\S+)\/users/);
      expect(sample.output).toContain(`It keeps its data in ${join(data(), 'mongodb', 'mongod')}`);
      expect(sample.output).toMatch(/Run succeeded: 11 applied/);
      expect(sample.output).toMatch(/applied +schema 0001 +create-users +shop-db/);
      expect(sample.output).toMatch(/applied +schema 0003 +create-catalog +catalog/);
      expect(sample.output).toMatch(/applied +data 0004 +fill-catalog +catalog/);
      expect(sample.output).toMatch(/applied +release 0001 +add-feature-flags +features/);

      expect(await get(`${url}/catalog`)).toEqual(PRODUCTS);
      expect(await get(`${url}/users`)).toHaveLength(6);
      expect(await get(`${url}/features`)).toEqual({ guestCheckout: true, giftCards: true });
      expect(await get(`${url}/health`)).toEqual({ status: 'ready' });
      expect(await get(`${url}/changes`)).toHaveLength(22);

      await sample.stop('SIGINT');
      expect(sample.output).toContain('Stopped mongod.');
      expect(isAlive(mongod)).toBe(false);
    },
    TIMEOUT,
  );

  it(
    'finds nothing to do when it is typed again, and stops its MongoDB even when it is killed',
    async () => {
      const sample = await start();
      const mongod = await mongodOf(sample);
      const [, url] = await sample.printed(/(http:\S+)\/users/);
      expect(sample.output).toMatch(/Nothing to do: 11 already applied/);
      expect(await get(`${url}/catalog`)).toEqual(PRODUCTS);
      expect(await get(`${url}/changes`)).toHaveLength(22);

      await sample.stop('SIGKILL');
      expect(await isGone(mongod)).toBe(true);
    },
    TIMEOUT,
  );

  it(
    'uses the MongoDB of MONGODB_URL, in a database of its own',
    async () => {
      const given = String(process.env['MONGODB_URL']);
      const sample = await start({ MONGODB_URL: given });
      const [, name] = await sample.printed(/database (flamingock-sample-\w+)/);
      await sample.stop();
      expect(sample.output).toMatch(/Run succeeded: 11 applied/);
      expect(sample.output).not.toContain('Started mongod');

      const connection = await mongoose.createConnection(given, { dbName: String(name) }).asPromise();
      expect(await connection.collection('flamingock_audit').countDocuments()).toBeGreaterThanOrEqual(22);
      await connection.dropDatabase();
      await connection.close();
    },
    TIMEOUT,
  );
});
