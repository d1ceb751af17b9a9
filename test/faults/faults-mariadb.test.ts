import { describe } from '@jest/globals';
import { faultRows } from './rows.js';
import { killRows } from './suites/kill.suite.js';

describe('server faults: mariadb', () => faultRows('mariadb', killRows('mariadb')));
