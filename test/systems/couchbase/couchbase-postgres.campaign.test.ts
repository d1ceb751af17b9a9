// The audit is on CouchbaseMock, for no package brings the server itself; PostgreSQL is real.
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { recoveryContract } from 'nestjs-flamingock/testing';
import { couchbasePostgresPair } from './support/couchbase-pair.js';

recoveryContract({ describe, it, beforeAll, afterAll }, couchbasePostgresPair());
