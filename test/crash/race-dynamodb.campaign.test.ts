import { raceSuite } from './suites/race.suite.js';

// Every racer has to have seen a lease for its whole length before it may take it: a round has two looks.
raceSuite('dynamodb', { free: 1_000, expired: 1_000, judgedByWatching: true });
