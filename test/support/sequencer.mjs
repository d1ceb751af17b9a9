/**
 * What keeps the processors busy, longest first: begun last, one of these would leave the others idle. The sample's commands take
 * turns, so they are apart.
 */
const BUSY = [
  /\/sample\/sample\.test/,
  /\/crash\/(undo|mixed|kill-(mongodb|dynamodb)|race)/,
  /\/sample\/sample-mongodb/,
  /\/simulation\/(schedules|mutations)/,
  /\/sample\/sample-full/,
  /\/crash\//,
  /\/package\/(consumers|readme)/,
];

/**
 * Orders the test files, the same way on every machine: jest knows durations only from earlier runs. Between two busy ones come some
 * that mostly wait, for leases and servers.
 */
export default class Sequencer {
  /** @param {import('@jest/test-result').Test[]} tests */
  sort(tests) {
    const sorted = tests.toSorted((a, b) => rankOf(a) - rankOf(b) || a.path.localeCompare(b.path));
    const busy = sorted.filter((test) => rankOf(test) < BUSY.length);
    const waiting = sorted.slice(busy.length);
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
function rankOf({ path }) {
  const rank = BUSY.findIndex((pattern) => pattern.test(path));
  return rank < 0 ? BUSY.length : rank;
}
