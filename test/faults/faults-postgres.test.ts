import { describe } from '@jest/globals';
import { faultRows } from './rows.js';
import { killRows } from './suites/kill.suite.js';
import { networkRows } from './suites/network.suite.js';

describe('server faults: postgres', () => {
  const rows = [...killRows('postgres'), ...networkRows('postgres')];
  faultRows(
    'postgres',
    rows.filter(({ always }) => always),
  );
});
