import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { recoveryContract } from 'nestjs-flamingock/testing';
import { memoryPair } from './memory-pair.js';

recoveryContract({ describe, it, beforeAll, afterAll }, memoryPair('marker'));
