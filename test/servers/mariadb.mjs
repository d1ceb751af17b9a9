import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import mysql from 'mysql2/promise';
import { findProgram, provide } from './binaries.mjs';
import { createScratch } from './scratch.mjs';
import { freePort, startServer } from './server.mjs';

const run = promisify(execFile);

/** @type {import('./binaries.mjs').Need} */
export const MARIADB = {
  server: 'MariaDB',
  variable: 'MARIADB_URL',
  packages: ['mariadb-server-core', 'mariadb-client-core'],
  isMet: async () => Boolean(findProgram('mariadbd') && findProgram('mariadb-install-db')),
};

/**
 * Starts a MariaDB of its own.
 * @param {{ durable?: boolean }} [options] `durable` flushes every commit to the disk, for benchmarks
 */
export async function startMariaDb({ durable = false } = {}) {
  await provide([MARIADB]);
  const dir = createScratch('mariadb');
  const data = join(dir, 'data');
  const common = [
    '--no-defaults',
    `--datadir=${data}`,
    // A second server would clear the first one's temporary tables out of a folder that they share.
    `--tmpdir=${dir}`,
    '--skip-name-resolve',
    '--innodb-log-file-size=16M',
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
  ];
  await run(/** @type {string} */ (findProgram('mariadb-install-db')), [
    ...common,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ]);
  const port = await freePort();
  return startServer({
    name: 'MariaDB',
    dir,
    port,
    url: `mysql://root@127.0.0.1:${port}/mysql`,
    command: /** @type {string} */ (findProgram('mariadbd')),
    args: [
      ...common,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${join(dir, 's.sock')}`,
      `--pid-file=${join(dir, 'mariadbd.pid')}`,
      '--innodb-buffer-pool-size=64M',
      `--innodb-flush-log-at-trx-commit=${durable ? 1 : 0}`,
      '--performance-schema=OFF',
      '--character-set-server=utf8mb4',
    ],
    stopSignal: 'SIGTERM',
    ping: pingMariaDb,
  });
}

/** @param {string} url */
export async function pingMariaDb(url) {
  const connection = await mysql.createConnection({ uri: url, connectTimeout: 5_000 });
  try {
    await connection.query('select 1');
  } finally {
    connection.destroy();
  }
}
