import { describe } from '@jest/globals';
import { faultRows } from './rows.js';
import { killRows } from './suites/kill.suite.js';

describe('server faults: postgres', () => faultRows('postgres', killRows('postgres')));
