import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const FILE = join(ROOT, 'test-results', 'timings.json');

/** How long each test file took when it last ran on this machine, in milliseconds, by its path from the root of the repository. */
const timings = read();

/** @param {string} path @returns {number | undefined} nothing when it has not run here yet */
export function timeOf(path) {
  return timings[relative(ROOT, path)];
}

/** Keeps how long the files took of which every test has run, and passed. @param {import('@jest/test-result').FormattedTestResults} result */
export function keepTimings({ testResults }) {
  const whole = testResults.filter(({ assertionResults }) =>
    assertionResults.every(({ status }) => status === 'passed'),
  );
  const taken = whole.map(({ name, startTime, endTime }) => [relative(ROOT, name), endTime - startTime]);
  writeFileSync(FILE, JSON.stringify({ ...timings, ...Object.fromEntries(taken) }, undefined, 1));
}

/** @returns {Record<string, number>} */
function read() {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8'));
  } catch {
    return {};
  }
}
