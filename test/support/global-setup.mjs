import { startSharedServers } from '../servers/shared.mjs';

/** Starts the servers once for the whole run; every worker finds their addresses in its environment. */
export default async function globalSetup() {
  const servers = await startSharedServers();
  globalThis.stopTestServers = servers.stop;
  // Jest ends at once on these, without its teardown: the servers must not outlive it.
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
}
