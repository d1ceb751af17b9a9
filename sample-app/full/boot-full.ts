import { join } from 'node:path';
import { boot, type RunningSample } from '../boot.js';
import { DATA_FOLDER, emptyFolder } from '../data-folder.js';
import { fullOn } from './full.js';
import { findServers } from './servers.js';

/** What the shop keeps beside its servers. */
export const FULL_FOLDER = join(DATA_FOLDER, 'full');

/** `--full`: the shop on all the systems. Servers that were just started know nothing, so the rest is forgotten too. */
export async function bootFull(): Promise<RunningSample | undefined> {
  const servers = await findServers();
  if (servers.started) emptyFolder(FULL_FOLDER);
  return boot(FULL_FOLDER, fullOn(servers, FULL_FOLDER));
}
