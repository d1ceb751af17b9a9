import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { createScratch } from '../servers/scratch.mjs';
import { takeTurn } from '../support/turn.js';
import { SampleProcess } from './sample-process.js';

/** The command builds the package and compiles the sample first; it may have to wait for the turn of another one. */
const TIMEOUT = 180_000;

const scratch = createScratch('sample-command');
const data = join(scratch, 'data');
let running: SampleProcess | undefined;
/** What the command runs once it has built it. */
const startBuilt = (...flags: string[]) => (running = SampleProcess.startBuilt(data, flags));

afterAll(async () => {
  await running?.stop('SIGKILL');
  rmSync(scratch, { recursive: true, force: true });
});

it(
  'npm run sample builds, boots, serves, and closes with npm',
  async () => {
    const endTurn = await takeTurn();
    const sample = (running = SampleProcess.start(data));
    const [, url] = await sample.printed(/(http:\S+)\/users/).finally(endTurn);
    expect(sample.output).toMatch(/Run succeeded: 9 applied/);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    sample.stopNpm();
    await sample.end();
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
