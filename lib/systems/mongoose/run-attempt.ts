import type { mongo } from 'mongoose';
import type { AttemptScope, Clients } from '../../core/target-system.js';
import { attemptClients, type KnownConnection } from './attempt-clients.js';
import { bindSessions, withHook } from './client-hook.js';
import { databaseOf } from './database.js';
import { MongoAttempt } from './mongo-attempt.js';
import { withSessionStorage } from './mongoose-storage.js';
import { asOwn } from './own-context.js';

/** How long calls whose await was forgotten may go on after the method returned, in milliseconds. */
export const DRAIN_MS = 5_000;

/** How long a command that is on its way may go on when its attempt has failed, in milliseconds. */
const QUIESCE_MS = 1_000;

/** What an attempt on a target system works with. */
export interface AttemptParts {
  readonly targetId: string;
  readonly known: KnownConnection;
  readonly scope: AttemptScope;
}

/** An attempt with its database and its clients. */
export interface OpenAttempt {
  readonly attempt: MongoAttempt;
  readonly db: mongo.Db;
  readonly clients: Clients;
}

/** Runs `work` with an attempt and a session of its own, in no transaction yet; ends both. */
export async function withAttempt<T>(
  { known, scope, targetId }: AttemptParts,
  inTransaction: boolean,
  work: (open: OpenAttempt) => Promise<T>,
): Promise<T> {
  const db = await databaseOf(known.connection);
  const client = known.connection.getClient();
  const session = await asOwn(async () => client.startSession({ causalConsistency: !inTransaction }));
  const attempt = new MongoAttempt({ scope, targetId }, client, session, inTransaction);
  bindSessions(attempt);
  const clients = attemptClients(known, db, attempt);
  try {
    return await withHook(known.connection, () =>
      withSessionStorage(known.connection.base, attempt, () => work({ attempt, db, clients })),
    );
  } finally {
    attempt.close();
    await asOwn(() => session.endSession());
  }
}

/**
 * Makes sure that nothing of the attempt is on its way any more: what comes after the end of a transaction would be outside of it.
 * A command that does not end by itself is ended at the server.
 */
export async function quiesce({ attempt, db }: OpenAttempt): Promise<void> {
  attempt.close();
  await attempt.underWay.drain(QUIESCE_MS);
  if (!attempt.underWay.size) return;
  const killSessions = [attempt.session.id];
  await asOwn(() => db.command({ killSessions }).catch(() => undefined));
  await attempt.underWay.drain(DRAIN_MS);
}
