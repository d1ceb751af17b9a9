import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { recoveryContract } from 'nestjs-flamingock/testing';
import { sqlPair } from './sql-pair.js';

recoveryContract({ describe, it, beforeAll, afterAll }, sqlPair('sqlite', 'sqlite'));
