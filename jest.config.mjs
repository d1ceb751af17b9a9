/** Run by `node --experimental-vm-modules`: the package is ESM, and the tests see it as its users do. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  // @swc/jest reads .swcrc: legacy decorators with their metadata, class names kept.
  transform: { '^.+\\.ts$': '@swc/jest' },
  moduleNameMapper: {
    // NodeNext writes './x.js' for what is './x.ts' in the source.
    '^(\\.{1,2}/.*)\\.js$': ['$1.ts', '$1.js'],
    // The package by its name is its source, so that no test depends on a build.
    '^nestjs-flamingock$': '<rootDir>/lib/index.ts',
    '^nestjs-flamingock/kit$': '<rootDir>/lib/core/kit/index.ts',
    '^nestjs-flamingock/testing$': '<rootDir>/lib/testing/index.ts',
    '^nestjs-flamingock/([a-z0-9-]+)$': '<rootDir>/lib/systems/$1/index.ts',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist'],
  // Four on two cores: most files wait for leases, timeouts and servers, and the sequencer puts busy ones apart.
  maxWorkers: 4,
  // The rows of the crash tests mostly wait for leases to end.
  maxConcurrency: 10,
  testTimeout: 20_000,
  testSequencer: '<rootDir>/test/support/sequencer.mjs',
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
};
