import { longCampaign } from './harness/long-campaign.js';
import { raceSuite } from './suites/race.suite.js';

raceSuite('mariadb', longCampaign ? 1_000 : 50);
