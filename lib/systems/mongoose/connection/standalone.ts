import type { mongo } from 'mongoose';
import type { FlamingockErrorDetails } from '../../../core/model/errors.js';

/** The wire version of MongoDB 4.4. */
const OLDEST_WIRE_VERSION = 9;

/** Why a server cannot be used, and what to do about it. */
export interface Unfit extends Required<Pick<FlamingockErrorDetails, 'fix'>> {
  readonly problem: string;
}

/** Why an audit store cannot use the server; undefined when it can. */
export async function unfitness(db: mongo.Db): Promise<Unfit | undefined> {
  const hello = await db.command({ hello: 1 });
  if (hello.isreplicaset === true && !hello.setName) return UNINITIATED;
  if (!hello.setName && hello.msg !== 'isdbgrid') return STANDALONE_STORE;
  return Number(hello.maxWireVersion) >= OLDEST_WIRE_VERSION ? undefined : TOO_OLD;
}

const INITIATE =
  'rs.initiate({ _id: "rs0", members: [{ _id: 0, host: "localhost:27017" }] }), with the host and port by which the app reaches it';

const CONNECT =
  'then let the app connect by mongodb://localhost:27017/?replicaSet=rs0; by ?directConnection=true instead where the app ' +
  'knows the server by another name than it has in rs.initiate (a port that a container publishes)';

/** The server is no member of a replica set, so it has no transactions. */
const STANDALONE: Unfit = {
  problem: 'the MongoDB server stands alone, and only a replica set or a sharded cluster has transactions',
  fix: [
    'make it a replica set of one, which keeps its data: start mongod again with --replSet rs0 ' +
      `(replication.replSetName: rs0 in mongod.conf), then run once in mongosh: ${INITIATE}`,
    CONNECT,
    'in Docker: docker run --name mongo -p 27017:27017 mongo --replSet rs0, then once: ' +
      `docker exec mongo mongosh --eval 'rs.initiate({ _id: "rs0", members: [{ _id: 0, host: "localhost:27017" }] })'; ` +
      `in compose: command: ['--replSet', 'rs0'] and the same rs.initiate, with the name of the service as host for apps in the same compose file`,
    'a server with users needs --keyFile as soon as it has --replSet',
  ],
};

/** The same, with the fixes for an audit store, which needs transactions. */
export const STANDALONE_STORE: Unfit = {
  problem: STANDALONE.problem,
  fix: [
    ...STANDALONE.fix,
    'or keep the audit in another database; MongooseAuditStore works on no server that stands alone',
  ],
};

/** The same, with the fixes for a target system. */
export const STANDALONE_TARGET: Unfit = {
  problem: STANDALONE.problem,
  fix: [
    ...STANDALONE.fix,
    'or say transactional: false in @Change, with a @Rollback, and keep the audit in another database',
  ],
};

/** The server was started with --replSet, and its replica set was not initiated yet. */
export const UNINITIATED: Unfit = {
  problem:
    'the MongoDB server belongs to a replica set that is not there: nobody has initiated it yet, or it is starting',
  fix: [`if it is new, run once in mongosh: ${INITIATE}`, CONNECT],
};

const TOO_OLD: Unfit = {
  problem: 'the MongoDB server is older than 4.4',
  fix: ['update the server to MongoDB 4.4 or later'],
};
