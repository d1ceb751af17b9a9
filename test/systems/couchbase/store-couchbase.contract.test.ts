// On CouchbaseMock, the mock of Couchbase's own SDK teams: no package brings the server itself. It knows keys and CAS.
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { CouchbaseAuditStore } from 'nestjs-flamingock/couchbase';
import { auditStoreContract } from 'nestjs-flamingock/testing';
import { documentKeys } from '../../../lib/systems/couchbase/document-keys.js';
import { cutEntries } from './support/couchbase-documents.js';
import { createCouchbasePlace, durability } from './support/couchbase-place.js';

auditStoreContract(
  { describe, it, beforeAll, afterAll },
  {
    name: 'couchbase (mock)',
    sharesTransactions: false,
    judgesLease: 'by-watching',
    raceRounds: 8,
    shortLeaseMs: 200,
    async createStorage() {
      const { keyPrefix, connect } = createCouchbasePlace();
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
