// Runs jest and closes with the line `N passed, N failed`, counted from jest's own result.
//   --every-test   a skipped test fails the run
//   --checks       build, lint and types first, while the servers start
//   --campaign     the files *.campaign.test.ts, which no other run plays unless they are named
//   --local        only what needs nothing installed beyond `npm ci`
//   --no-servers   start no server (FLAMINGOCK_TEST_SERVERS=none)
// Everything else goes to jest as it is: `npm run jest -- test/unit/plan.test.ts -t 'reconciles'`.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keepTimings } from './timings.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const RESULT = join(ROOT, 'test-results', `jest-${process.pid}.json`);

/** Files that need more than `npm ci`: a server from apt, a registry. */
const BEYOND_NPM = [
  '/[^/]*(mariadb|mongo|dynamodb|couchbase|kafka|-s3|schema-registry|-full)[^/]*\\.test\\.ts$',
  '/test/systems/(mongoose|dynamodb|couchbase|kafka|s3|schema-registry)/',
  '/test/package/consumers\\.test\\.ts$',
];

/** Deeper than what each commit is tried with. */
const CAMPAIGN = '\\.campaign\\.test\\.ts$';

const own = new Set(['--every-test', '--checks', '--campaign', '--local', '--no-servers']);
const flags = new Set(process.argv.slice(2).filter((arg) => own.has(arg)));
const args = process.argv.slice(2).filter((arg) => !own.has(arg));
const env = { ...process.env };
if (flags.has('--checks')) env.FLAMINGOCK_TEST_CHECKS = 'build lint types';
if (flags.has('--no-servers')) env.FLAMINGOCK_TEST_SERVERS = 'none';
if (flags.has('--local')) env.FLAMINGOCK_TEST_SERVERS = 'postgres';
const ignored = [
  ...(flags.has('--local') ? BEYOND_NPM : []),
  ...(args.some((arg) => arg.includes('.campaign')) ? [] : [CAMPAIGN]),
];
if (flags.has('--campaign')) args.push('--testMatch', '**/*.campaign.test.ts');
else if (ignored.length > 0) args.push('--testPathIgnorePatterns', '/node_modules/', ...ignored);

mkdirSync(dirname(RESULT), { recursive: true });
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
const child = spawn(process.execPath, [...node, jest, '--json', '--outputFile', RESULT, ...args], {
  cwd: ROOT,
  env,
  // With --json jest repeats the result on stdout; people read the report on stderr.
  stdio: ['inherit', 'ignore', 'inherit'],
});
/** @type {NodeJS.Signals[]} */
const signals = ['SIGINT', 'SIGTERM'];
for (const signal of signals) process.on(signal, () => child.kill(signal));

child.on('close', (code, signal) => {
  const result = read();
  if (!result) {
    console.error(`jest ended without a result (${signal ?? `exit code ${code}`}).`);
    process.exit(code || 1);
  }
  keepTimings(result);
  const skipped = flags.has('--every-test') ? skippedTests(result) : [];
  if (skipped.length > 0) console.error(`Skipped tests, which fail this run:\n${skipped.join('\n')}\n`);
  // A file that could not even be loaded has no tests to count: it counts as one failure.
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites + skipped.length;
  console.log(`\n${result.numPassedTests} passed, ${failed} failed`);
  process.exitCode = code || (failed > 0 ? 1 : 0);
});

function read() {
  try {
    return JSON.parse(readFileSync(RESULT, 'utf8'));
  } catch {
    return undefined;
  } finally {
    rmSync(RESULT, { force: true });
  }
}

/** @param {import('@jest/test-result').FormattedTestResults} result */
function skippedTests(result) {
  return result.testResults.flatMap((file) =>
    file.assertionResults
      .filter((test) => test.status === 'pending' || test.status === 'todo')
      .map((test) => `  ${relative(ROOT, file.name)}: ${test.fullName}`),
  );
}
