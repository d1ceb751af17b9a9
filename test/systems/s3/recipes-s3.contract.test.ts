import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { S3TargetSystem } from 'nestjs-flamingock/s3';
import { recipeContract } from 'nestjs-flamingock/testing';
import { serverUrl } from '../../support/databases.js';
import { accessBlockCases, bucketCases, encryptionCases } from './support/bucket-cases.js';
import { objectCases } from './support/object-cases.js';
import { corsCases, lifecycleCases, policyCases, tagCases } from './support/rule-cases.js';
import { s3Place } from './support/s3-location.js';

// On versitygw, a real S3 server; what it lacks (lifecycle, encryption, public access block) is answered by moto, a mock.

const runner = { describe, it, beforeAll, afterAll };

const real = s3Place();
recipeContract(runner, {
  name: 's3 (versitygw)',
  cases: {
    ...bucketCases(real),
    ...corsCases(real),
    ...policyCases(real),
    ...tagCases(real),
    ...objectCases(real),
  },
  start: async () => new S3TargetSystem('assets', real.open()),
  stop: () => real.drop(),
});

const mocked = s3Place(serverUrl('s3-mock'));
recipeContract(runner, {
  name: 's3 (moto, a mock)',
  cases: { ...lifecycleCases(mocked), ...encryptionCases(mocked), ...accessBlockCases(mocked) },
  start: async () => new S3TargetSystem('assets', mocked.open()),
  stop: () => mocked.drop(),
});
