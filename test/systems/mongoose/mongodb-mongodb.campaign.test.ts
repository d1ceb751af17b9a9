import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { recoveryContract } from 'nestjs-flamingock/testing';
import { mongoPair } from './support/mongo-pair.js';

recoveryContract({ describe, it, beforeAll, afterAll }, mongoPair('mongodb'));
