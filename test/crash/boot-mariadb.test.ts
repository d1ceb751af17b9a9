import { longCampaign } from './harness/long-campaign.js';
import { bootSuite } from './suites/boot.suite.js';

bootSuite('mariadb', 'audit-database');
if (longCampaign) bootSuite('postgres', 'mariadb');
