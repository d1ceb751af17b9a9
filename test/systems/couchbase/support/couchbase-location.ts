import { randomBytes } from 'node:crypto';
import { type Cluster, type Collection, DurabilityLevel } from 'couchbase';
import { connectCouchbase } from '../../../support/couchbase.mjs';
import { serverUrl } from '../../../support/databases.js';

/** Keys of one test file, with a prefix of their own on the shared server. The mock forgets them at its end. */
export interface CouchbaseLocation {
  readonly keyPrefix: string;
  /** A connection of its own, as a process of its own would have it. */
  connect(): Promise<Connected>;
}

/** A cluster, and the one collection that the mock has. */
export interface Connected {
  readonly cluster: Cluster;
  readonly bucket: string;
  readonly collection: Collection;
  close(): Promise<void>;
}

/** The mock ends a connection that asks for any durability; Couchbase's own default is tried by nobody here. */
export const durability = DurabilityLevel.None;

/** Makes a place. @throws when the mock was not started for this run */
export function createCouchbaseLocation(): CouchbaseLocation {
  const address = serverUrl('couchbase');
  return {
    keyPrefix: `f${process.env.JEST_WORKER_ID ?? '0'}-${randomBytes(6).toString('hex')}`,
    connect: async () => {
      const { cluster, collection } = await connectCouchbase(address);
      return {
        cluster,
        collection,
        bucket: new URL(address).pathname.slice(1),
        close: () => cluster.close(),
      };
    },
  };
}
