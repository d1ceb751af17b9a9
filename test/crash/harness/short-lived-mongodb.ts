import mongoose from 'mongoose';
import { startMongoDb } from '../../servers/mongodb.mjs';

/** MongoDB's own default is 60. Longer than any transaction of a process that lives, on a busy machine too. */
const TRANSACTION_SECONDS = 4;

/** A MongoDB of a deployment's own. */
export interface OwnMongoDb {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts a server that gives up transactions soon. MongoDB does not notice that a client is gone: what a killed process
 * has written in an open transaction stays locked until the transaction's time is over. On the shared server, the tests
 * of others would feel it, if it were set there.
 */
export async function startShortLivedMongoDb(): Promise<OwnMongoDb> {
  const server = await startMongoDb();
  const client = new mongoose.mongo.MongoClient(server.url);
  try {
    await client
      .db('admin')
      .command({ setParameter: 1, transactionLifetimeLimitSeconds: TRANSACTION_SECONDS });
  } finally {
    await client.close();
  }
  const url = new URL(server.url);
  url.pathname = '/crash';
  return { url: url.href, stop: () => server.stop() };
}
