// The audit is on CouchbaseMock, for no package brings the server itself; PostgreSQL and the folder are real.
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { recoveryContract } from 'nestjs-flamingock/testing';
import { couchbaseFilePair, couchbasePostgresPair } from './support/couchbase-pair.js';

const runner = { describe, it, beforeAll, afterAll };

recoveryContract(runner, couchbasePostgresPair());
recoveryContract(runner, couchbaseFilePair());
