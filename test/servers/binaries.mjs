import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * What a server needs on the machine.
 * @typedef {object} Need
 * @property {string} server its name for people
 * @property {string} variable points to a server that runs elsewhere instead
 * @property {string[]} packages Debian's
 * @property {() => Promise<boolean>} isMet
 */

/**
 * Finds a program, also where Debian puts the servers' ones.
 * @param {string} name
 * @param {string[]} [folders] looked through before PATH
 * @returns {string | undefined}
 */
export function findProgram(name, folders = []) {
  const path = (process.env.PATH ?? '').split(delimiter);
  for (const folder of [...folders, ...path, '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin']) {
    const file = join(folder || '.', name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not here.
    }
  }
  return undefined;
}

/**
 * Makes sure that everything needed is there: installs it with apt where that is allowed (as root, or on CI with a
 * password-less sudo), else throws one error that lists all that is missing and how to get it.
 * @param {Need[]} needs
 */
export async function provide(needs) {
  const unmet = await missing(needs);
  if (unmet.length === 0) return;
  const apt = await aptCommand();
  let reason = 'they are installed only with apt-get, as root or on CI, unless FLAMINGOCK_TEST_INSTALL=no';
  if (apt) {
    const packages = unmet.flatMap((need) => need.packages);
    console.error(`Installing ${packages.join(' ')} for the tests…`);
    reason = await install(apt, packages, () => missing(needs).then((rest) => rest.length === 0));
  }
  const rest = await missing(needs);
  if (rest.length === 0) return;
  throw new Error(
    [
      `Servers that the tests need are missing: ${rest.map((need) => need.server).join(', ')} (${reason}).`,
      'To fix:',
      `  install: apt-get update && apt-get install -y --no-install-recommends ${rest.flatMap((need) => need.packages).join(' ')}`,
      ...rest.map(
        (need) => `  or point ${need.variable} to a running ${need.server} (compose.yaml starts one)`,
      ),
      '  or run what needs no server from apt: npm run test:local',
    ].join('\n'),
  );
}

/** @param {Need[]} needs */
async function missing(needs) {
  const met = await Promise.all(needs.map((need) => need.isMet()));
  return needs.filter((_, index) => !met[index]);
}

async function aptCommand() {
  if (process.env.FLAMINGOCK_TEST_INSTALL === 'no' || !findProgram('apt-get')) return undefined;
  if (process.getuid?.() === 0) return ['apt-get'];
  const sudo = process.env.CI && findProgram('sudo');
  if (!sudo) return undefined;
  return run(sudo, ['-n', 'true']).then(
    () => [sudo, '-n', 'apt-get'],
    () => undefined,
  );
}

/**
 * Another run on this machine may hold apt's locks, or install the very same packages: try again for a while.
 * @param {string[]} apt
 * @param {string[]} packages
 * @param {() => Promise<boolean>} done
 */
async function install([command = 'apt-get', ...prefix], packages, done) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  let reason = '';
  for (let attempt = 0; attempt < 10; attempt++) {
    try {
      await run(command, [...prefix, '-q', 'update'], { env });
      const options = ['-q', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120'];
      await run(command, [...prefix, ...options, 'install', ...packages], { env, maxBuffer: 64 << 20 });
      return 'installed, but its programs were not found';
    } catch (error) {
      reason = String(/** @type {{ stderr?: string }} */ (error).stderr || error).trim();
      if (!/lock/i.test(reason) || (await done())) return reason;
      await sleep(3_000);
    }
  }
  return reason;
}
