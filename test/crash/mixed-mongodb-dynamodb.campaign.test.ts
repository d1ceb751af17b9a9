import { mixedSuite } from './suites/mixed.suite.js';

mixedSuite('mongodb', { mongodb: 'audit-database', postgres: 'postgres', dynamodb: 'dynamodb' });
mixedSuite('dynamodb', { postgres: 'postgres', mongodb: 'mongodb', dynamodb: 'audit-database' });
