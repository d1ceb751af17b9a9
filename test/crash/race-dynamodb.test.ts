import { longCampaign } from './harness/long-campaign.js';
import { raceSuite } from './suites/race.suite.js';

// Every racer has to have seen a lease for its whole length before it may take it: a round has two looks.
raceSuite('dynamodb', {
  free: longCampaign ? 1_000 : 50,
  expired: longCampaign ? 1_000 : 20,
  judgedByWatching: true,
});
