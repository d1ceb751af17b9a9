import { raceSuite } from './suites/race.suite.js';

raceSuite('postgres', 200);
