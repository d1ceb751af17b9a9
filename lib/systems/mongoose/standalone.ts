import type { mongo } from 'mongoose';
import type { FlamingockErrorDetails } from '../../core/errors.js';

/** MongoDB 4.4. */
const OLDEST_WIRE_VERSION = 9;

/** What is wrong with a server, and what to do. */
export interface Unfit extends Required<Pick<FlamingockErrorDetails, 'fix'>> {
  readonly problem: string;
}

/** Why a server cannot do what is asked of it; undefined when it can. */
export async function unfitness(db: mongo.Db): Promise<Unfit | undefined> {
  const hello = await db.command({ hello: 1 });
  if (!hello.setName && hello.msg !== 'isdbgrid') return STANDALONE;
  return Number(hello.maxWireVersion) >= OLDEST_WIRE_VERSION ? undefined : TOO_OLD;
}

/** A server that is no member of a replica set has no transactions. */
export const STANDALONE: Unfit = {
  problem: 'the MongoDB server stands alone, and only a replica set or a sharded cluster has transactions',
  fix: [
    'make it a replica set of one: start mongod with --replSet rs0 (or replication.replSetName in mongod.conf), ' +
      "run rs.initiate() once in mongosh, and add ?replicaSet=rs0 to the connection's URI",
    'or, for a target system, say transactional: false in @Change, with a @Rollback, and keep the audit elsewhere',
  ],
};

const TOO_OLD: Unfit = {
  problem: 'the MongoDB server is older than 4.4',
  fix: ['update the server to MongoDB 4.4 or later'],
};
