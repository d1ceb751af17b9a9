/** What takes longest, longest first: begun last, one of these would keep one processor busy and leave the others idle. */
const SLOW = [
  /\/crash\/(undo|kill-(mongodb|dynamodb)|race)/,
  /\/simulation\/(schedules|mutations)/,
  /\/sample\//,
  /\/crash\//,
  /\/package\/(consumers|readme)/,
  /mongo|dynamodb/,
];

/** Orders the test files, the same way on every machine: jest knows durations only from earlier runs. */
export default class Sequencer {
  /** @param {import('@jest/test-result').Test[]} tests */
  sort(tests) {
    return tests.toSorted((a, b) => rankOf(a) - rankOf(b) || a.path.localeCompare(b.path));
  }

  /** For `--onlyFailures`: nothing is remembered. @param {import('@jest/test-result').Test[]} tests */
  allFailedTests(tests) {
    return this.sort(tests);
  }

  cacheResults() {}
}

/** @param {import('@jest/test-result').Test} test */
function rankOf({ path }) {
  const rank = SLOW.findIndex((pattern) => pattern.test(path));
  return rank < 0 ? SLOW.length : rank;
}
