import { describe } from '@jest/globals';
import { describeTypeOrmAndKnex } from './typeorm-and-knex.suite.js';

describe('on mariadb', () => describeTypeOrmAndKnex('mariadb'));
