import { mixedSuite } from './suites/mixed.suite.js';

const targets = { mongodb: 'audit-database', postgres: 'postgres', dynamodb: 'dynamodb' } as const;
mixedSuite('mongodb', targets, 'around commits');
