import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { auditStoreContract } from 'nestjs-flamingock/testing';
import { createStoreStorage } from './support/store-storage.js';

auditStoreContract(
  { describe, it, beforeAll, afterAll },
  { name: 'mongoose 8 on MongoDB', sharesTransactions: true, createStorage: () => createStoreStorage(8) },
);
