import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { recoveryContract } from 'nestjs-flamingock/testing';
import { s3Pair } from './support/s3-pair.js';

recoveryContract({ describe, it, beforeAll, afterAll }, s3Pair('mongodb'));
