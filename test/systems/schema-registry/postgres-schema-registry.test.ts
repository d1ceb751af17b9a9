import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { recoveryContract } from 'nestjs-flamingock/testing';
import { sqlAudits } from '../pairs/filesystem-pair.js';
import { createSqlLocation } from '../pairs/sql-location.js';
import { registryPair } from './support/registry-pair.js';

recoveryContract(
  { describe, it, beforeAll, afterAll },
  registryPair('typeorm:postgres', async () => sqlAudits(await createSqlLocation('postgres'))),
);
