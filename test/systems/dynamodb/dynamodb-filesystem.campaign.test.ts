import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { recoveryContract } from 'nestjs-flamingock/testing';
import { dynamoFilePair } from './support/dynamo-pair.js';

recoveryContract({ describe, it, beforeAll, afterAll }, dynamoFilePair());
