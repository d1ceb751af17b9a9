import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { recoveryContract } from 'nestjs-flamingock/testing';
import { fileSystemPair } from './filesystem-pair.js';

recoveryContract({ describe, it, beforeAll, afterAll }, fileSystemPair('sqlite'));
