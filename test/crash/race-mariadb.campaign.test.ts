import { raceSuite } from './suites/race.suite.js';

raceSuite('mariadb', 1_000);
