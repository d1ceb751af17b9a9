import { raceSuite } from './suites/race.suite.js';

raceSuite('mongodb', 1_000);
