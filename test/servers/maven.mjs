import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from './binaries.mjs';

const run = promisify(execFile);
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'nestjs-flamingock-tests');

/**
 * A server that Maven fetches, with all that it needs.
 * @typedef {object} Jars
 * @property {string} server its name for people
 * @property {string} group
 * @property {string} artifact
 * @property {string} version
 * @property {string} folder of the cache, with the version in its name
 */

/**
 * Where the jars are, or will be.
 * @param {Jars} jars
 */
export function jarsFolder({ folder }) {
  return join(CACHE, folder);
}

/**
 * Whether they are there, or can be fetched.
 * @param {Jars} jars
 */
export function hasJars(jars) {
  return Boolean(findProgram('java') && (existsSync(jarsFolder(jars)) || findProgram('mvn')));
}

/**
 * Fetches them once for this machine. Complete or not there: other runs may be at it at the same moment.
 * @param {Jars} jars
 */
export async function fetchJars(jars) {
  const libraries = jarsFolder(jars);
  if (existsSync(libraries)) return libraries;
  console.error(`Fetching ${jars.server} for the tests…`);
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'download-'));
  try {
    writeFileSync(join(folder, 'pom.xml'), pomOf(jars));
    const goal = ['-q', '-B', '-f', join(folder, 'pom.xml'), 'dependency:copy-dependencies'];
    await run(/** @type {string} */ (findProgram('mvn')), [...goal, '-DoutputDirectory=libs']);
    renameSync(join(folder, 'libs'), libraries);
  } catch (error) {
    if (!existsSync(libraries)) throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return libraries;
}

/** @param {Jars} jars */
function pomOf({ group, artifact, version, folder }) {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>nestjs-flamingock</groupId>
  <artifactId>${folder}</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>${group}</groupId>
      <artifactId>${artifact}</artifactId>
      <version>${version}</version>
    </dependency>
  </dependencies>
</project>
`;
}
