import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { recoveryContract } from 'nestjs-flamingock/testing';
import { kafkaPair } from './support/kafka-pair.js';

recoveryContract({ describe, it, beforeAll, afterAll }, kafkaPair('mongodb'));
