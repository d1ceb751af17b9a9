import { raceSuite } from './suites/race.suite.js';

raceSuite('sqlite', 100);
