import { longCampaign } from './harness/long-campaign.js';
import { raceSuite } from './suites/race.suite.js';

raceSuite('mongodb', longCampaign ? 1_000 : 50);
