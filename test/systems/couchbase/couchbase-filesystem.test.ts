// The audit is on CouchbaseMock, for no package brings the server itself; the folder is real.
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { recoveryContract } from 'nestjs-flamingock/testing';
import { couchbaseFilePair } from './support/couchbase-pair.js';

recoveryContract({ describe, it, beforeAll, afterAll }, couchbaseFilePair());
