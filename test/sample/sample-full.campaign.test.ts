import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createScratch } from '../servers/scratch.mjs';
import { buildSample } from '../support/built.js';
import { SampleProcess } from './sample-process.js';
import { takeTurn } from '../support/turn.js';

/** It starts five servers, two of them in Java, beside those of the tests. */
const TIMEOUT = 400_000;

/** In the order in which they run, and how the next boot finds out what became of it. */
const STRUCK = [
  { id: 'add-user-status', name: 'AddUserStatus', ending: 'applied' },
  { id: 'update-kafka-schema', name: 'UpdateKafkaSchema', ending: 'found in effect' },
  { id: 'seed-kafka-events', name: 'SeedKafkaEvents', ending: 'found in effect' },
  { id: 'publish-logo', name: 'PublishLogo', ending: 'found in effect' },
];

describe('npm run servers', () => {
  it('prints the keys of S3 beside its address: the sample app needs all three', async () => {
    const none = { S3_URL: undefined, S3_ACCESS_KEY: undefined, S3_SECRET_KEY: undefined };
    const env = { ...process.env, ...none, FLAMINGOCK_TEST_SERVERS: 's3' };
    const child = spawn(process.execPath, ['test/servers/serve.mjs'], { cwd: process.cwd(), env });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    for await (const text of child.stderr.setEncoding('utf8'))
      if (String(text).includes('are running')) child.kill('SIGTERM');
    const names = [...printed.matchAll(/^export (\w+)='.+'$/gm)].map(([, name]) => name);
    expect(names).toEqual(['S3_URL', 'S3_ACCESS_KEY', 'S3_SECRET_KEY']);
  });
});

describe('npm run sample -- --full', () => {
  let scratch: string;
  let running: SampleProcess | undefined;

  beforeAll(async () => {
    scratch = createScratch('sample-full');
    await buildSample();
  }, TIMEOUT);
  afterEach(async () => void (await running?.stop('SIGKILL')));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  /** The whole of it: its files must not be built anew while it loads them. */
  const perform = async (flags: readonly string[], until: RegExp): Promise<SampleProcess> => {
    const endTurn = await takeTurn();
    running = SampleProcess.startBuilt(join(scratch, 'data'), flags);
    await running.printed(until).finally(endTurn);
    return running;
  };

  it(
    'boots on all the servers, applies every change and serves; then the servers stop',
    async () => {
      const sample = await perform(['--full'], /The shop is open/);
      expect(sample.output).toMatch(/Run succeeded: 14 applied/);
      expect(sample.output).toMatch(/applied +release 0006 +update-kafka-schema +schemas/);
      expect(sample.output).toMatch(/applied +release 0007 +seed-kafka-events +events/);
      const [, url] = await sample.printed(/(http:\S+)\/users/);
      expect(await (await fetch(`${url}/users`)).json()).toHaveLength(6);
      await sample.stop('SIGINT');
      expect(sample.output).toContain('Stopped the servers.');
    },
    TIMEOUT,
  );

  it(
    'killed in each of the changes, the next boot names it and puts it right without a person',
    async () => {
      const sample = await perform(['--full', '--crash'], /No person had to do anything|needs a person/);
      expect((await sample.end()).code).toBe(0);
      const boots = sample.output.split(/^── A boot\.|^── The last boot\./m).slice(1);
      expect(boots).toHaveLength(STRUCK.length + 1);
      for (const [index, { id, name, ending }] of STRUCK.entries()) {
        const [killed = '', next = ''] = boots.slice(index);
        expect(killed).toContain(`In ${name},`);
        expect(killed).toMatch(new RegExp(`'${id}' starts, attempt 1[^]*The process is gone: SIGKILL`));
        expect(next).toMatch(new RegExp(`'${id}' ${ending}`));
      }
    },
    TIMEOUT,
  );
});
