import { bootSuite } from './suites/boot.suite.js';

bootSuite('patient-mongodb', 'audit-database');
bootSuite('dynamodb', 'audit-database');
