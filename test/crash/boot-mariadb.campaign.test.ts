import { bootSuite } from './suites/boot.suite.js';

bootSuite('mariadb', 'audit-database');
bootSuite('postgres', 'mariadb');
