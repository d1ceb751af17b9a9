// `npm run -s servers`: starts the shared test servers, prints their addresses for a shell, keeps them until Ctrl-C.
import { startSharedServers } from './shared.mjs';

const { urls, stop } = await startSharedServers();
for (const [name, url] of Object.entries(urls)) console.log(`export ${name}='${url}'`);
console.error('The test servers are running; Ctrl-C stops them.');

const alive = setInterval(() => {}, 1 << 30);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    clearInterval(alive);
    stop().then(
      () => process.exit(0),
      (error) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
}
