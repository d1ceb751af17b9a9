import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { CouchbaseAuditStore } from 'nestjs-flamingock/couchbase';
import { auditStoreContract } from 'nestjs-flamingock/testing';
import { documentKeys } from '../../../lib/systems/couchbase/store/store-location.js';
import { cutEntries } from './support/couchbase-documents.js';
import { createCouchbaseLocation, durability } from './support/couchbase-location.js';

// On CouchbaseMock, the mock of Couchbase's own SDK teams: no package brings the server itself. It knows keys and CAS.

auditStoreContract(
  { describe, it, beforeAll, afterAll },
  {
    name: 'couchbase (mock)',
    sharesTransactions: false,
    judgesLease: 'by-watching',
    raceRounds: 4,
    shortLeaseMs: 200,
    async createStorage() {
      const { keyPrefix, connect } = createCouchbaseLocation();
      const observer = await connect();
      return {
        connect: async (namespace) => {
          const { collection, close } = await connect();
          return { store: new CouchbaseAuditStore(collection, { namespace, keyPrefix, durability }), close };
        },
        cut: (namespace, after) => cutEntries(observer.collection, documentKeys(keyPrefix, namespace), after),
        drop: observer.close,
      };
    },
  },
);
