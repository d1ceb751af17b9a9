import { startSharedServers } from '../servers/shared.mjs';
import { compileSources } from './compiled.mjs';
import { runScripts } from './side-by-side.mjs';

/**
 * Compiles what processes run and starts the servers, once for the whole run; every worker finds their addresses in its environment.
 * Fetching and starting them mostly waits, so the npm scripts that must pass before the first test run beside that.
 */
export default async function globalSetup() {
  // Jest ends at once on these, without its teardown: the servers must not outlive it, not even those that are about to start.
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
  await compileSources();
  const checks = runScripts((process.env.FLAMINGOCK_TEST_CHECKS ?? '').split(' ').filter(Boolean));
  const servers = await startSharedServers();
  globalThis.stopTestServers = servers.stop;
  if (await checks) return;
  await servers.stop();
  throw new Error('No test was run: what is checked before them has failed, see above.');
}
