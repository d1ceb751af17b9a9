import { timeOf } from './timings.mjs';

/**
 * What keeps the processors busy. Two of these at a time are as many as a machine of two cores runs well.
 * The seconds are for a machine on which the file has not run yet.
 *
 * @type {readonly (readonly [files: RegExp, seconds: number])[]}
 */
const BUSY = [
  [/\/simulation\/(mutations|schedules-)/, 150],
  [/\/crash\/.*\.campaign/, 80],
  [/\/sample\//, 60],
  [/\/crash\//, 50],
  [/\/simulation\/schedules/, 40],
  [/\/package\/(consumers|docs\/(shown|code))/, 30],
  [/\/nest\/stopping/, 25],
];
/** What mostly waits, for leases and servers, and is long. @type {typeof BUSY} */
const LONG = [
  [/\/faults\/.*\.campaign/, 600],
  [/\/faults\//, 70],
  [/\/systems\/.*\.campaign/, 30],
];
const OTHER_SECONDS = 5;

/**
 * Orders the test files, longest first: begun last, one of these would leave the other workers idle. Between two busy ones come some
 * that mostly wait.
 */
export default class Sequencer {
  /** @param {import('@jest/test-result').Test[]} tests */
  sort(tests) {
    const sorted = tests.toSorted((a, b) => expectedMs(b) - expectedMs(a) || a.path.localeCompare(b.path));
    const busy = sorted.filter(({ path }) => find(BUSY, path));
    const waiting = sorted.filter(({ path }) => !find(BUSY, path));
    const between = Math.ceil(waiting.length / Math.max(busy.length, 1));
    return [
      ...busy.flatMap((test, index) => [test, ...waiting.slice(index * between, (index + 1) * between)]),
      ...waiting.slice(busy.length * between),
    ];
  }

  /** For `--onlyFailures`: nothing is remembered. @param {import('@jest/test-result').Test[]} tests */
  allFailedTests(tests) {
    return this.sort(tests);
  }

  cacheResults() {}
}

/** @param {import('@jest/test-result').Test} test */
function expectedMs({ path }) {
  return timeOf(path) ?? 1_000 * (find([...BUSY, ...LONG], path)?.[1] ?? OTHER_SECONDS);
}

/** @param {typeof BUSY} table @param {string} path */
function find(table, path) {
  return table.find(([files]) => files.test(path));
}
