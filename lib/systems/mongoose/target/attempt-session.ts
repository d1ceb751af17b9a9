import type { mongo } from 'mongoose';
import type { AttemptScope, Clients } from '../../../core/model/target-system.js';
import { databaseOf } from '../connection/database.js';
import { attemptClients, type KnownConnection } from '../guard/attempt-clients.js';
import { bindSessions, withHook } from '../guard/client-hook.js';
import { MongoAttempt } from '../guard/mongo-attempt.js';
import { asOwn } from '../guard/own-context.js';
import { withSessionStorage } from './mongoose-storage.js';

/** How long commands may go on after their attempt has failed, in milliseconds. */
const QUIESCE_MS = 1_000;

/** What an attempt on a target system works with. */
export interface AttemptParts {
  readonly targetId: string;
  readonly known: KnownConnection;
  readonly scope: AttemptScope;
}

/** The session of an attempt, with its database and its clients. */
export interface AttemptSession {
  readonly attempt: MongoAttempt;
  readonly db: mongo.Db;
  readonly clients: Clients;
}

/** Runs `work` with a session for one attempt, in which no transaction is open yet; ends the session. */
export async function withAttemptSession<T>(
  { known, scope, targetId }: AttemptParts,
  inTransaction: boolean,
  work: (open: AttemptSession) => Promise<T>,
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
    attempt.gate.close();
    await asOwn(() => session.endSession());
  }
}

/**
 * Refuses further calls of the attempt and waits until none is in flight: a command after the end of the transaction would run outside of
 * it. After a second, the session is killed at the server, which ends its commands.
 */
export async function quiesce({ attempt, db }: AttemptSession): Promise<void> {
  const { gate } = attempt;
  gate.close();
  await gate.inFlight.drain(QUIESCE_MS);
  if (gate.inFlight.size === 0) return;
  const killSessions = [attempt.session.id];
  await asOwn(() => db.command({ killSessions }).catch(() => undefined));
  await gate.inFlight.drain();
}
