import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A server of the tests, listening on 127.0.0.1.
 * @typedef {object} TestServer
 * @property {string} url where a driver connects
 * @property {string} host
 * @property {number} port
 * @property {number} pid of the running process; another one after `restart()`
 * @property {() => Promise<void>} stop stops it and removes its data
 * @property {() => Promise<void>} kill ends it as a crash would (SIGKILL); its data stay
 * @property {() => Promise<void>} restart starts it again, after `kill()`, on the same port and data
 */

/**
 * @typedef {object} ServerPlan
 * @property {string} name
 * @property {string} dir its scratch folder
 * @property {number} port
 * @property {string} url
 * @property {string} command
 * @property {string[]} args
 * @property {{ uid?: number, gid?: number, env?: NodeJS.ProcessEnv }} [as]
 * @property {NodeJS.Signals} stopSignal the one that stops it fast and cleanly
 * @property {(url: string) => Promise<void>} ping rejects while it is not ready
 */

const READY_MS = 120_000;

/** @type {Set<{ killNow(): void }>} */
const running = new Set();
process.on('exit', () => {
  for (const server of running) server.killNow();
});

/**
 * Starts the process and resolves when a client was answered.
 * @param {ServerPlan} plan
 * @returns {Promise<TestServer>}
 */
export async function startServer(plan) {
  const log = join(plan.dir, 'server.log');
  let child = await launch();
  const entry = { killNow: () => void child.kill('SIGKILL') };
  running.add(entry);

  async function launch() {
    const out = openSync(log, 'a');
    const started = spawn(plan.command, plan.args, {
      cwd: plan.dir,
      stdio: ['ignore', out, out],
      ...plan.as,
    });
    closeSync(out);
    /** @type {Error | undefined} */
    let failure;
    started.once('error', (error) => (failure = error));
    writeFileSync(join(plan.dir, 'server.pid'), String(started.pid ?? ''));
    for (const deadline = Date.now() + READY_MS; ; await sleep(20)) {
      try {
        if (!failure && started.exitCode === null) return await plan.ping(plan.url).then(() => started);
      } catch (error) {
        if (Date.now() < deadline) continue;
        failure = /** @type {Error} */ (error);
      }
      started.kill('SIGKILL');
      throw new Error(
        `${plan.name} did not start (${plan.command}).\n${readFileSync(log, 'utf8').slice(-2000)}`,
        {
          cause: failure,
        },
      );
    }
  }

  /** @param {NodeJS.Signals} signal */
  async function end(signal) {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'exit');
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await closed;
    clearTimeout(late);
  }

  return {
    url: plan.url,
    host: '127.0.0.1',
    port: plan.port,
    get pid() {
      return /** @type {number} */ (child.pid);
    },
    kill: () => end('SIGKILL'),
    restart: async () => {
      await end(plan.stopSignal);
      // After a kill PostgreSQL's orphaned backends hold its shared memory for a moment.
      for (let attempt = 1; ; attempt++) {
        try {
          child = await launch();
          return;
        } catch (error) {
          if (attempt === 20) throw error;
          await sleep(100);
        }
      }
    },
    stop: async () => {
      await end(plan.stopSignal);
      running.delete(entry);
      rmSync(plan.dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    },
  };
}

/** A TCP port of 127.0.0.1 that nobody uses now. */
export async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address());
  probe.close();
  await once(probe, 'close');
  return port;
}
