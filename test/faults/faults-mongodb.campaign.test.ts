import { describe } from '@jest/globals';
import { faultRows } from './rows.js';
import { killRows } from './suites/kill.suite.js';
import { networkRows } from './suites/network.suite.js';

describe('server faults: mongodb', () =>
  faultRows('mongodb', [...killRows('mongodb'), ...networkRows('mongodb')]));
