import { raceSuite } from './suites/race.suite.js';

raceSuite('postgres', 1_000);
