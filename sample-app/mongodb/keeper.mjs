// A process of its own, which keeps a mongod for as long as the shop lives, however the shop ends.
import { startMongoDb } from '../../test/servers/mongodb.mjs';

const starting = startMongoDb({ keepIn: process.argv[2] });

// So it is told that the shop closes, and that it was killed.
process.once('disconnect', () => {
  void starting.then((server) => server.stop()).finally(() => process.exit());
});

try {
  const { url, pid } = await starting;
  process.send?.({ url, pid });
} catch (error) {
  console.error(String(error));
  process.exit(1);
}
