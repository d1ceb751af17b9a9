// A process of its own, which keeps the servers for as long as the shop lives, however the shop ends.
import { startSharedServers } from '../../test/servers/shared.mjs';

process.env.FLAMINGOCK_TEST_SERVERS = 'postgres,mongodb,kafka,schema-registry,s3';
const starting = startSharedServers();

// So it is told that the shop closes, and that it was killed.
process.once('disconnect', () => {
  void starting.then(({ stop }) => stop()).finally(() => process.exit());
});

try {
  const { urls } = await starting;
  process.send?.(urls);
} catch (error) {
  console.error(String(error));
  process.exit(1);
}
