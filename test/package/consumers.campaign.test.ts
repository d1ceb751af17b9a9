import { rmSync } from 'node:fs';
import { afterAll, it } from '@jest/globals';
import { createScratch } from '../servers/scratch.mjs';
import { install, NEST_11, runsOnce } from './consumer.js';
import { packTarball } from './tarball.js';

const scratch = createScratch('consumers');
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

it('the packed package compiles and runs its change once, installed into an application of Nest 11', async () => {
  await runsOnce(await install(NEST_11, await packTarball(scratch), scratch));
}, 180_000);
