import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { recoveryContract } from 'nestjs-flamingock/testing';
import { mongoFilePair } from './support/mongo-pair.js';

recoveryContract({ describe, it, beforeAll, afterAll }, mongoFilePair());
