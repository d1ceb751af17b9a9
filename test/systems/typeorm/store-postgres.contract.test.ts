import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { auditStoreContract } from 'nestjs-flamingock/testing';
import { createStoreStorage } from './support/store-storage.js';

auditStoreContract(
  { describe, it, beforeAll, afterAll },
  {
    name: 'typeorm on PostgreSQL',
    sharesTransactions: true,
    createStorage: () => createStoreStorage('postgres'),
  },
);
