import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { targetSystemContract } from 'nestjs-flamingock/testing';
import { targetHarness } from './support/target-harness.js';

targetSystemContract({ describe, it, beforeAll, afterAll }, targetHarness(8));
