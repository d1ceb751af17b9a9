import { describe } from '@jest/globals';
import { describeFixtures } from './fixtures.suite.js';
import { describeTypeOrmAndKnex } from './typeorm-and-knex.suite.js';

describe('on mariadb', () => describeTypeOrmAndKnex('mariadb'));

describe('kept from mariadb', () => describeFixtures('mariadb'));
