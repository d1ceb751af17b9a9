import { bootSuite } from './suites/boot.suite.js';

bootSuite('postgres', 'audit-database', 8);
