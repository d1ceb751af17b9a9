import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { recoveryContract } from 'nestjs-flamingock/testing';
import { dynamoPair } from './support/dynamo-pair.js';

recoveryContract({ describe, it, beforeAll, afterAll }, dynamoPair('dynamodb'));
