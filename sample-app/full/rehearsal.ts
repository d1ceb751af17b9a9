import type { Type } from '@nestjs/common';
import { AddUserStatus } from '../changes/add-user-status.js';
import { boot } from '../boot.js';
import { emptyFolder } from '../data-folder.js';
import { deployBoot, printAudit, say } from '../rehearsal/deployment.js';
import { FULL_FOLDER } from './boot-full.js';
import { FULL_CHANGES, fullOn } from './full.js';
import { cutThePowerIn } from './power-cut.js';
import { findServers } from './servers.js';

/** In the order in which they run: one in a database, which rolls back; three where nothing does. */
const STRUCK: readonly Type[] = [AddUserStatus, ...FULL_CHANGES];

/** `--full --crash`: each boot loses its power in another change; the next one says which, and puts it right by itself. */
export async function rehearseFullCrash(): Promise<void> {
  const servers = await findServers();
  Object.assign(process.env, servers.addresses);
  emptyFolder(FULL_FOLDER);
  const ends: (number | string)[] = [];
  try {
    for (const { name } of STRUCK) {
      say(`A boot. In ${name}, when all it does is done and before the audit says so, the power fails.`);
      ends.push(await deployBoot(['--boot-full', name]));
      say(`The process is gone: ${ends.at(-1)}. The next boot waits until its lease has run out, and looks.`);
    }
    say('The last boot.');
    ends.push(await deployBoot(['--boot-full']));
    say(`The shop opened, and was closed: exit code ${ends.at(-1)}. No person had to do anything.`);
  } finally {
    await servers.onApplicationShutdown();
  }
  process.exitCode = ends.join() === [...STRUCK.map(() => 'SIGKILL'), 0].join() ? 0 : 1;
}

/** What each of those processes does: boots, prints what the audit knows of these changes, and ends. */
export async function bootStruck(name: string | undefined): Promise<void> {
  const struck = STRUCK.find((change) => change.name === name);
  if (struck) cutThePowerIn(struck);
  const shop = await boot(FULL_FOLDER, fullOn(await findServers(), FULL_FOLDER));
  if (!shop) return;
  for (const id of ['add-user-status', 'update-kafka-schema', 'seed-kafka-events', 'publish-logo'])
    await printAudit(shop, id);
  await shop.close();
}
