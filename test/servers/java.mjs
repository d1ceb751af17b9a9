import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from './binaries.mjs';

const run = promisify(execFile);

/** Where systems and tools put their JDKs, each in a folder of its own. */
const FOLDERS = [
  '/usr/lib/jvm',
  '/usr/local/lib/jvm',
  '/Library/Java/JavaVirtualMachines',
  join(homedir(), '.sdkman/candidates/java'),
  join(homedir(), '.jdks'),
];

/**
 * The newest Java of the machine, wherever it is; only the first one on PATH has a short name.
 * @returns {Promise<{ command: string, major: number } | undefined>}
 */
export async function newestJava() {
  const homes = [process.env.JAVA_HOME ?? '', ...FOLDERS.flatMap(homesIn)];
  const found = homes.flatMap((home) => javaAt(home));
  const first = findProgram('java');
  if (found.length === 0 && first) found.push({ command: first, major: await askedMajor(first) });
  return found.sort((a, b) => b.major - a.major)[0];
}

/** @param {string} folder */
function homesIn(folder) {
  try {
    return readdirSync(folder).flatMap((name) => [join(folder, name), join(folder, name, 'Contents/Home')]);
  } catch {
    return [];
  }
}

/** @param {string} home */
function javaAt(home) {
  const command = home && findProgram('java', [join(home, 'bin')]);
  if (!command || dirname(command) !== join(home, 'bin')) return [];
  try {
    const [, major] = /JAVA_VERSION="(?:1\.)?(\d+)/.exec(readFileSync(join(home, 'release'), 'utf8')) ?? [];
    return major ? [{ command, major: Number(major) }] : [];
  } catch {
    return [];
  }
}

/** @param {string} command */
async function askedMajor(command) {
  const { stderr } = await run(command, ['-version']).catch(() => ({ stderr: '' }));
  return Number(/version "(?:1\.)?(\d+)/.exec(stderr)?.[1] ?? 0);
}
