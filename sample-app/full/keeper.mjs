// A process of its own, which keeps the servers for as long as the shop lives, however the shop ends.
import { S3_KEYS } from '../../test/servers/s3.mjs';
import { startSharedServers } from '../../test/servers/shared.mjs';

process.env.FLAMINGOCK_TEST_SERVERS = 'postgres,mongodb,kafka,schema-registry,s3';
const starting = startSharedServers();

// So it is told that the shop closes, and that it was killed.
process.once('disconnect', () => {
  void starting.then(({ stop }) => stop()).finally(() => process.exit());
});

try {
  const { urls } = await starting;
  process.send?.({ S3_ACCESS_KEY: S3_KEYS.accessKeyId, S3_SECRET_KEY: S3_KEYS.secretAccessKey, ...urls });
} catch (error) {
  console.error(String(error));
  process.exit(1);
}
